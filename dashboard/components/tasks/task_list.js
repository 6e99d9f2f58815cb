import { Icon, Stamp, debounced, keepInAddress } from "th-shared";

const GROUPS = {
  overdue: "Overdue",
  today: "Today",
  tomorrow: "Tomorrow",
  week: "This week",
  later: "Later",
  done: "Done",
};
const DAY = 86400000;

const midnight = (now, days) => {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
};
// Weeks start on Monday.
const daysToMonday = (now) => 7 - ((new Date(now).getDay() + 6) % 7);
const groupOf = (row, now) => {
  if (row.done_at) return "done";
  const due = new Date(row.due_at).getTime();
  if (due < now) return "overdue";
  if (due < midnight(now, 1)) return "today";
  if (due < midnight(now, 2)) return "tomorrow";
  return due < midnight(now, daysToMonday(now)) ? "week" : "later";
};
const spanOf = (milliseconds) => {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
};
const nineOn = (now, days) => {
  const at = new Date(midnight(now, days));
  at.setHours(9);
  return at.toISOString();
};

export default {
  components: { Icon, Stamp },
  props: ["initial", "manage"],
  emits: ["query", "more", "act"],
  data() {
    return { ...this.initial, typed: this.initial.query.q, busy: false, now: Date.now() };
  },
  created() {
    this.searchSoon = debounced(() => this.search(), 250);
    this.clock = setInterval(() => (this.now = Date.now()), 15000);
  },
  beforeUnmount() {
    clearInterval(this.clock);
  },
  computed: {
    narrowed() {
      return Object.values(this.query).some((value) => value !== "");
    },
    nothing() {
      if (this.narrowed) return "No task matches.";
      const none = "No tasks yet. Hooks make them with the address /create-task, programs over the API";
      return none + (this.manage ? ", and you with “Add Task”." : ".");
    },
    groups() {
      const groups = {};
      for (const row of this.rows) (groups[groupOf(row, this.now)] ??= []).push(row);
      return Object.keys(GROUPS)
        .filter((name) => groups[name])
        .map((name) => ({ name, label: GROUPS[name], rows: groups[name] }));
    },
  },
  methods: {
    // Responses to an outdated search are ignored.
    isLate(view) {
      return Object.keys(this.query).some((name) => view.query[name] !== this.query[name]);
    },
    show(view) {
      if (this.isLate(view)) return;
      this.busy = false;
      this.now = Date.now();
      Object.assign(this, view);
    },
    append(view) {
      if (this.isLate(view)) return;
      this.busy = false;
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = this.rows.concat(view.rows.filter((row) => !known.has(row.id)));
      this.next = view.next;
    },
    // What was typed is in the URL as the server has sealed it.
    keep(search) {
      keepInAddress({ search });
    },
    ask() {
      keepInAddress({ state: this.query.state });
      this.busy = true;
      this.$emit("query", { ...this.query });
    },
    search() {
      if (this.typed === this.query.q) return;
      this.query.q = this.typed;
      this.ask();
    },
    clear() {
      this.typed = "";
      for (const name in this.query) this.query[name] = "";
      this.ask();
    },
    more() {
      this.busy = true;
      this.$emit("more", { cursor: this.next });
    },
    act(name, row, value = null) {
      this.$emit("act", { name, id: row.id, value });
    },
    snooze(row, event) {
      const choice = event.target.value;
      event.target.value = "";
      const now = Date.now();
      const to = {
        hour: new Date(now + 3600000).toISOString(),
        tomorrow: nineOn(now, 1),
        week: nineOn(now, daysToMonday(now)),
      }[choice];
      if (to) this.act("move", row, to);
    },
    when(row) {
      const left = new Date(row.due_at) - this.now;
      return left < 0 ? `${spanOf(left)} overdue` : left < 7 * DAY ? `in ${spanOf(left)}` : "";
    },
  },
  template: /* HTML */ ` <section class="th-card th-tasks" aria-label="Tasks">
    <div class="th-tools" role="search">
      <label class="th-search"
        ><icon name="search" /><span class="th-hidden">Search tasks</span>
        <input
          type="search"
          v-model="typed"
          placeholder="A title, a name, a number"
          @input="searchSoon"
          @keydown.enter="search"
      /></label>
      <select aria-label="State" v-model="query.state" @change="ask">
        <option value="">Open and done</option>
        <option value="open">Open</option>
        <option value="done">Done</option>
      </select>
      <select aria-label="Person" v-model="query.person" @change="ask">
        <option value="">Anybody</option>
        <option v-for="one in people" :key="one" :value="one">{{ one }}</option>
      </select>
    </div>
    <div v-if="!rows.length" class="th-empty">
      <p>{{ nothing }}</p>
      <button v-if="narrowed" type="button" class="th-button" @click="clear">Clear filters</button>
    </div>
    <table v-else class="th-table th-runs">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Due</th>
          <th scope="col">Deadline</th>
          <th scope="col">Person</th>
          <th scope="col">Priority</th>
          <th v-if="manage" scope="col" class="is-task-actions">Action</th>
        </tr>
      </thead>
      <tbody v-for="group in groups" :key="group.name" :class="'is-' + group.name">
        <tr class="th-task-group">
          <th scope="rowgroup" :colspan="manage ? 6 : 5">{{ group.label }} <span>{{ group.rows.length }}</span></th>
        </tr>
        <tr v-for="row in group.rows" :key="row.id" data-testid="task">
          <td class="th-task-what">
            <button v-if="manage" type="button" class="th-title" @click="act('edit', row)">{{ row.title }}</button
            ><b v-else class="th-title">{{ row.title }}</b>
            <small>{{ [row.kind, row.about, row.notes].filter(Boolean).join(" · ") }}</small>
          </td>
          <td data-label="Due" class="is-stamp">
            <span class="th-task-when"
              ><stamp :at="row.due_at" /><small
                v-if="!row.done_at && when(row)"
                :class="{ 'is-over': group.name === 'overdue' }"
                >{{ when(row) }}</small
              >
              <small v-if="row.done_at">done by {{ row.done_by }}</small></span
            >
          </td>
          <td data-label="Deadline" class="is-stamp">
            <stamp v-if="row.deadline_at" :at="row.deadline_at" /><span v-else aria-label="none">–</span>
          </td>
          <td data-label="Person" class="th-task-person">
            <template v-if="row.person">{{ row.person }}</template><span v-else aria-label="nobody">–</span>
          </td>
          <td data-label="Priority">
            <span class="th-chip" :class="{ 'is-failed': row.priority === 'high' }">{{ row.priority_label }}</span>
          </td>
          <td v-if="manage" class="is-task-actions">
            <div class="th-task-actions">
              <button
                v-if="!row.done_at"
                type="button"
                class="th-button is-small"
                :aria-label="'Complete ' + row.title"
                @click="act('done', row)"
              >
                <icon name="succeeded" />Done
              </button>
              <button
                v-else
                type="button"
                class="th-button is-small"
                :aria-label="'Reopen ' + row.title"
                @click="act('open', row)"
              >
                Reopen
              </button>
              <select
                v-if="!row.done_at"
                class="th-snooze"
                :aria-label="'Snooze ' + row.title"
                @change="snooze(row, $event)"
              >
                <option value="">Snooze</option>
                <option value="hour">1 hour</option>
                <option value="tomorrow">Tomorrow, 9:00</option>
                <option value="week">Next week, Monday 9:00</option>
              </select>
              <button
                type="button"
                class="th-icon-button"
                @click="act('edit', row)"
                :aria-label="'Edit ' + row.title"
                title="Edit"
              >
                <icon name="edit" />
              </button>
              <button
                type="button"
                class="th-icon-button"
                @click="act('delete', row)"
                :aria-label="'Delete ' + row.title"
                title="Delete"
              >
                <icon name="delete" />
              </button>
            </div>
          </td>
        </tr>
      </tbody>
    </table>
    <div v-if="next" class="th-pager">
      <button type="button" class="th-button" :disabled="busy" @click="more">Show more</button>
    </div>
  </section>`,
};
