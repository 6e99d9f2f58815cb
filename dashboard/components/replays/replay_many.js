import { Modal, Stamp } from "th-shared";

const WHAT = {
  failed: "Failed",
  cancelled: "Cancelled",
  succeeded: "Delivered already",
  skipped: "Skipped while the hook was off",
};
const FIELDS = ["status", "hook_id", "type", "from", "to", "version"];
const BLANK = { status: "failed", hook_id: "", type: "", from: "", to: "", version: "now", again: false };

export default {
  components: { Modal, Stamp },
  props: ["hooks", "types"],
  emits: ["look", "begin"],
  data: () => ({ form: { ...BLANK }, problems: {}, found: null, busy: "", number: 0, what: WHAT }),
  computed: {
    skipped() {
      return this.form.status === "skipped";
    },
    canBeAgain() {
      return this.form.status === "failed" || this.form.status === "cancelled";
    },
    // The form in the API's format; only the browser knows the time zone.
    raw() {
      const { status, hook_id, type, from, to, version, again } = this.form;
      const raw = { status, version, again: this.canBeAgain && again };
      if (hook_id) raw.hook_id = Number(hook_id);
      if (type && !this.skipped) raw.type = type;
      if (from) raw.from = new Date(from).toISOString();
      if (to) raw.to = new Date(to).toISOString();
      return raw;
    },
    knownHooks() {
      const id = this.form.hook_id;
      return !id || this.hooks.some((one) => one.value === id)
        ? this.hooks
        : [...this.hooks, { value: id, label: `${id} · deleted` }];
    },
    after() {
      return this.found.total ? "Nothing has been sent." : "Nothing stored matches this.";
    },
    // The problem that belongs to no field.
    general() {
      return Object.entries(this.problems)
        .filter(([name]) => !FIELDS.includes(name))
        .map(([, words]) => words)
        .join(" ");
    },
  },
  methods: {
    // Starts with the filters of the list, read from the URL; the list's "skipped" means skipped by limits.
    open() {
      const words = new URL(location.href).searchParams;
      const [status, type] = [words.get("status"), words.get("type")];
      this.form = {
        ...BLANK,
        status: WHAT[status] && status !== "skipped" ? status : BLANK.status,
        hook_id: [words.get("hook"), words.get("hook_id")].find((id) => /^[0-9]{1,9}$/.test(id ?? "")) ?? "",
        type: this.types.some((one) => one.value === type) ? type : "",
      };
      this.changed();
      this.$refs.modal.open();
    },
    // A result, or a pending request, is about an outdated form now.
    changed() {
      this.number += 1;
      this.found = null;
      this.problems = {};
      this.busy = "";
    },
    // An incomplete time reads as empty: it must not be taken for no limit.
    halfTimes() {
      const half = ["from", "to"].filter((name) => this.$refs[name][0].validity.badInput);
      const problems = Object.fromEntries(half.map((name) => [name, "Complete the date and the time, or clear them."]));
      if (!half.length && this.form.from && this.form.to && this.form.to < this.form.from)
        problems.to = "This is before “From”.";
      return problems;
    },
    ask(name) {
      if (this.busy) return;
      this.problems = this.halfTimes();
      if (Object.keys(this.problems).length) return this.$refs.modal.toProblem();
      this.busy = name;
      this.number += 1;
      this.$emit(name, { number: this.number, raw: this.raw });
    },
    look() {
      this.found = null;
      this.ask("look");
    },
    show(number, found) {
      if (number !== this.number) return;
      this.busy = "";
      this.found = found;
      this.$nextTick(() => this.$refs.found.scrollIntoView({ block: "nearest" }));
    },
    began(number) {
      if (number !== this.number) return;
      this.busy = "";
      this.$refs.modal.close();
    },
    refuse(number, problems) {
      if (number !== this.number) return;
      this.busy = "";
      this.problems = problems;
      this.$refs.modal.toProblem();
    },
    // Attributes of a control: its problem, and the element that shows it.
    wrong(name) {
      return this.problems[name] ? { "aria-invalid": "true", "aria-describedby": `th-replay-${name}-problem` } : {};
    },
  },
  template: /* HTML */ `<span>
    <button type="button" class="th-button" aria-haspopup="dialog" @click="open">Replay many…</button>
    <modal ref="modal" title="Replay many" @submit="look" @input="changed">
      <p class="th-muted">Runs hooks once more for stored events, oldest first. “Look” sends nothing.</p>
      <fieldset class="th-modal-fields" :disabled="busy === 'begin'">
        <div class="th-modal-field">
          <label for="th-replay-status">What</label
          ><select id="th-replay-status" v-model="form.status" v-bind="wrong('status')" autofocus>
            <option v-for="(word, name) in what" :key="name" :value="name">{{ word }}</option>
          </select>
          <p v-if="problems.status" id="th-replay-status-problem">{{ problems.status }}</p>
        </div>
        <div class="th-modal-field">
          <label for="th-replay-hook_id">Hook</label
          ><select id="th-replay-hook_id" v-model="form.hook_id" :required="skipped" v-bind="wrong('hook_id')">
            <option value="">{{ skipped ? "Choose a hook" : "Any hook" }}</option>
            <option v-for="one in knownHooks" :key="one.value" :value="one.value">{{ one.label }}</option>
          </select>
          <p v-if="problems.hook_id" id="th-replay-hook_id-problem">{{ problems.hook_id }}</p>
        </div>
        <div v-if="!skipped" class="th-modal-field">
          <label for="th-replay-type">Type</label
          ><select id="th-replay-type" v-model="form.type" v-bind="wrong('type')">
            <option value="">Any type</option>
            <option v-for="one in types" :key="one.value" :value="one.value">{{ one.label }}</option>
          </select>
          <p v-if="problems.type" id="th-replay-type-problem">{{ problems.type }}</p>
        </div>
        <div class="th-modal-field">
          <label for="th-replay-version">Version</label
          ><select id="th-replay-version" v-model="form.version" v-bind="wrong('version')">
            <option value="now">The hook as it is now</option>
            <option value="then">The hook as it was then</option>
          </select>
          <p v-if="problems.version" id="th-replay-version-problem">{{ problems.version }}</p>
        </div>
        <div
          v-for="(label, name) in { from: 'From', to: 'To' }"
          :key="name"
          class="th-modal-field"
          :class="{ 'is-first': name === 'from' }"
        >
          <label :for="'th-replay-' + name">{{ label }} <span>optional</span></label
          ><input
            :ref="name"
            :id="'th-replay-' + name"
            type="datetime-local"
            max="9999-12-31T23:59"
            v-model="form[name]"
            v-bind="wrong(name)"
          />
          <p v-if="problems[name]" :id="'th-replay-' + name + '-problem'">{{ problems[name] }}</p>
        </div>
        <label v-if="canBeAgain" class="th-check"
          ><input type="checkbox" role="switch" v-model="form.again" />Also what was delivered already</label
        >
      </fieldset>
      <p v-if="general" class="th-problem" role="alert">{{ general }}</p>
      <div class="th-replay-found" ref="found">
        <p role="status">
          <template v-if="busy === 'look'">Looking…</template><template v-else-if="busy">Beginning…</template
          ><template v-else-if="found"><b>{{ found.total.toLocaleString() }} would run.</b> {{ after }}</template>
        </p>
        <template v-if="found && found.total">
          <ol tabindex="0" aria-label="What would run first">
            <li v-for="(one, index) in found.first" :key="index" data-testid="pair">
              <span class="th-replay-pair"><b>{{ one.event }}</b><small>{{ one.about }}</small></span>
              <span class="th-replay-pair"
                ><span>{{ one.hook }}</span><small>#{{ one.hook_id }} version {{ one.version }}</small></span
              ><stamp :at="one.at" />
            </li>
          </ol>
          <p v-if="found.total > found.first.length" class="th-muted">The first {{ found.first.length }} of them.</p>
        </template>
      </div>
      <template #foot>
        <button type="button" class="th-button is-quiet" @click="$refs.modal.close()">Close</button>
        <button type="submit" class="th-button" :class="{ 'is-main': !found || !found.total }" :disabled="busy !== ''">
          Look
        </button>
        <button
          v-if="found && found.total"
          type="button"
          class="th-button is-main"
          :disabled="busy !== ''"
          @click="ask('begin')"
        >
          Replay {{ found.total.toLocaleString() }}
        </button>
      </template>
    </modal></span
  >`,
};
