import { Modal, localOf } from "th-shared";

const LEAD = {
  lead_id: "Lead id",
  first_name: "First name",
  last_name: "Last name",
  phone_number: "Phone number",
  email: "E-mail",
};
const BLANK = {
  title: "",
  due_at: "",
  deadline_at: "",
  warn_minutes: 60,
  follow_up_type: "call",
  assigned_to: "",
  priority: "normal",
  notes: "",
  lead: {},
};
const FIELDS = ["title", "due_at", "deadline_at", "warn_minutes", "follow_up_type", "assigned_to", "priority", "notes"];

const inAnHour = () => {
  const at = new Date(Date.now() + 3600000);
  at.setMinutes(Math.ceil(at.getMinutes() / 15) * 15, 0, 0);
  return localOf(at);
};

export default {
  components: { Modal },
  props: ["kinds", "priorities"],
  emits: ["save"],
  data: () => ({
    form: { ...BLANK },
    isNew: true,
    problems: {},
    busy: false,
    start: "",
    lead: LEAD,
    before: {},
    untouched: {},
  }),
  computed: {
    // The problem that belongs to no field.
    general() {
      return Object.entries(this.problems)
        .filter(([name]) => !FIELDS.includes(name))
        .map(([, words]) => words)
        .join(" ");
    },
    warning() {
      const { due_at, deadline_at } = this.form;
      return due_at && deadline_at && deadline_at < due_at ? "This is before the task is due." : "";
    },
  },
  methods: {
    open(task) {
      this.isNew = task === null;
      this.before = task ?? {};
      this.form = { ...BLANK, ...(task ?? { due_at: "" }), lead: { ...(task?.lead ?? {}) } };
      this.form.due_at = task ? localOf(task.due_at) : inAnHour();
      this.form.deadline_at = localOf(task?.deadline_at);
      this.untouched = { due_at: this.form.due_at, deadline_at: this.form.deadline_at };
      this.problems = {};
      this.busy = false;
      this.start = JSON.stringify(this.form);
      this.$refs.modal.open();
    },
    close() {
      this.$refs.modal.close();
    },
    unsaved() {
      return JSON.stringify(this.form) !== this.start;
    },
    // An unchanged time keeps its seconds.
    momentOf(name) {
      if (!this.isNew && this.form[name] === this.untouched[name]) return this.before[name];
      return this.form[name] ? new Date(this.form[name]).toISOString() : null;
    },
    save() {
      if (this.busy) return;
      const half = ["due_at", "deadline_at"].filter((name) => this.$refs[name].validity.badInput);
      this.problems = Object.fromEntries(half.map((name) => [name, "Complete the date and the time."]));
      if (!this.form.title.trim()) this.problems.title = "Give the task a title.";
      if (!this.form.due_at && !half.includes("due_at")) this.problems.due_at = "Say when it is due.";
      if (Object.keys(this.problems).length) return this.$refs.modal.toProblem();
      const lead = Object.fromEntries(Object.entries(this.form.lead).filter(([, value]) => value !== ""));
      this.busy = true;
      this.$emit("save", {
        ...this.form,
        due_at: this.momentOf("due_at"),
        deadline_at: this.momentOf("deadline_at"),
        lead,
      });
    },
    refuse(problems) {
      this.busy = false;
      this.problems = problems;
      this.$refs.modal.toProblem();
    },
    // Attributes of a control: its problem, and the element that shows it.
    wrong(name) {
      return this.problems[name] ? { "aria-invalid": "true", "aria-describedby": `th-task-${name}-problem` } : {};
    },
  },
  template: /* HTML */ `<modal
    ref="modal"
    :title="isNew ? 'Add a task' : 'Edit the task'"
    :unsaved="unsaved"
    @submit="save"
  >
    <fieldset class="th-modal-fields" :disabled="busy">
      <div class="th-modal-field th-task-wide">
        <label for="th-task-title">Title</label
        ><input
          id="th-task-title"
          v-model="form.title"
          maxlength="255"
          autofocus
          required
          autocomplete="off"
          placeholder="Call back about the contract"
          v-bind="wrong('title')"
        />
        <p v-if="problems.title" id="th-task-title-problem">{{ problems.title }}</p>
      </div>
      <div class="th-modal-field">
        <label for="th-task-due_at">Due</label
        ><input
          ref="due_at"
          id="th-task-due_at"
          type="datetime-local"
          max="8999-12-31T23:59"
          v-model="form.due_at"
          required
          v-bind="wrong('due_at')"
        />
        <p v-if="problems.due_at" id="th-task-due_at-problem">{{ problems.due_at }}</p>
      </div>
      <div class="th-modal-field">
        <label for="th-task-follow_up_type">Follow up by</label
        ><select id="th-task-follow_up_type" v-model="form.follow_up_type">
          <option v-for="one in kinds" :key="one.value" :value="one.value">{{ one.label }}</option>
        </select>
      </div>
      <div class="th-modal-field">
        <label for="th-task-deadline_at">Deadline <span>optional</span></label
        ><input
          ref="deadline_at"
          id="th-task-deadline_at"
          type="datetime-local"
          max="8999-12-31T23:59"
          v-model="form.deadline_at"
          v-bind="wrong('deadline_at')"
        />
        <p v-if="problems.deadline_at" id="th-task-deadline_at-problem">{{ problems.deadline_at }}</p>
        <small v-else-if="warning" role="status">{{ warning }}</small>
      </div>
      <div class="th-modal-field">
        <label for="th-task-warn_minutes">Warn so many minutes before it</label
        ><input
          id="th-task-warn_minutes"
          type="number"
          min="0"
          max="43200"
          step="1"
          v-model.number="form.warn_minutes"
          :disabled="!form.deadline_at"
          v-bind="wrong('warn_minutes')"
        />
        <p v-if="problems.warn_minutes" id="th-task-warn_minutes-problem">{{ problems.warn_minutes }}</p>
      </div>
      <div class="th-modal-field">
        <label for="th-task-assigned_to">Person <span>optional</span></label
        ><input
          id="th-task-assigned_to"
          v-model="form.assigned_to"
          maxlength="255"
          placeholder="maria@example.com"
          v-bind="wrong('assigned_to')"
        />
        <p v-if="problems.assigned_to" id="th-task-assigned_to-problem">{{ problems.assigned_to }}</p>
      </div>
      <div class="th-modal-field">
        <label for="th-task-priority">Priority</label
        ><select id="th-task-priority" v-model="form.priority">
          <option v-for="one in priorities" :key="one.value" :value="one.value">{{ one.label }}</option>
        </select>
      </div>
      <div class="th-modal-field th-task-wide">
        <label for="th-task-notes">Notes <span>optional</span></label
        ><textarea id="th-task-notes" rows="3" maxlength="5000" v-model="form.notes" v-bind="wrong('notes')"></textarea>
        <p v-if="problems.notes" id="th-task-notes-problem">{{ problems.notes }}</p>
      </div>
      <div v-for="(label, name) in lead" :key="name" class="th-modal-field">
        <label :for="'th-task-lead-' + name">{{ label }} <span>optional</span></label
        ><input :id="'th-task-lead-' + name" v-model="form.lead[name]" maxlength="255" autocomplete="off" />
      </div>
    </fieldset>
    <p class="th-task-about th-muted">
      When the time comes the task emits Follow-up Due and Deadline Approaching, with the lead’s fields, for hooks of
      the role System.
    </p>
    <p v-if="general" class="th-problem" role="alert">{{ general }}</p>
    <template #foot>
      <button type="button" class="th-button is-quiet" @click="$refs.modal.leave()">Cancel</button
      ><button type="submit" class="th-button is-main" :disabled="busy">{{ isNew ? "Add" : "Save" }}</button>
    </template>
  </modal>`,
};
