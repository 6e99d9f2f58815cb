import { Icon, Stamp } from "th-shared";

const ICONS = { good: "succeeded", warning: "warning", bad: "failed" };
const TONES = { info: "News", good: "Good news", warning: "Warning", bad: "Problem" };
const AT_ONCE = 50;

export default {
  components: { Icon, Stamp },
  emits: ["look", "older"],
  data: () => ({ unread: 0, fresh: 0, rows: null, more: false, problem: "", shown: false, icons: ICONS, tones: TONES }),
  computed: {
    label() {
      return this.unread ? `Notices, ${this.unread} unread` : "Notices";
    },
  },
  mounted() {
    // Notices read in one tab count as read in the browser's other tabs too.
    this.tabs = new BroadcastChannel("th-notices");
    this.tabs.onmessage = () => (this.unread = 0);
  },
  beforeUnmount() {
    this.tabs.close();
  },
  methods: {
    count(unread) {
      if (this.shown) this.ask();
      else this.unread = unread;
    },
    // A notice that arrives while the panel is open is shown and marked as read; one without a seq could not be stored.
    tell(row) {
      if (this.shown && row.seq) return this.ask(1);
      if (row.seq) this.unread += 1;
      this.toast(row);
    },
    ask(more = 0) {
      this.fresh += more + this.unread;
      this.unread = 0;
      this.$emit("look");
    },
    show(rows) {
      this.problem = "";
      this.rows = rows;
      this.more = rows.length === AT_ONCE;
      this.tabs.postMessage("read");
    },
    append(rows) {
      this.rows = [...this.rows, ...rows];
      this.more = rows.length === AT_ONCE;
    },
    older() {
      this.more = false;
      this.$emit("older", this.rows[this.rows.length - 1].seq);
    },
    refuse(problem) {
      this.problem = problem;
    },
    onToggle(event) {
      this.shown = event.newState === "open";
      this.fresh = 0;
      if (this.shown) this.ask();
    },
    toast(row) {
      Quasar.Notify.create({
        message: row.title,
        caption: row.text,
        html: false,
        position: "bottom",
        timeout: 8000,
        group: false,
        classes: `th-told is-${row.tone}`,
        attrs: { role: row.tone === "bad" ? "alert" : "status" },
        actions: [
          ...(row.link ? [{ label: "Open", noCaps: true, handler: () => location.assign(row.link) }] : []),
          { label: "Dismiss", noCaps: true },
        ],
      });
    },
  },
  template: /* HTML */ `<span class="th-bell">
    <button
      type="button"
      class="th-icon-button th-bell-button"
      popovertarget="th-notices"
      aria-haspopup="dialog"
      :aria-expanded="String(shown)"
      :aria-label="label"
      :title="label"
    >
      <icon name="bell" /><span v-if="unread" class="th-bell-count" aria-hidden="true" data-testid="unread"
        >{{ unread > 99 ? "99+" : unread }}</span
      >
    </button>
    <div
      id="th-notices"
      class="th-notices"
      popover="auto"
      role="dialog"
      aria-labelledby="th-notices-title"
      @toggle="onToggle"
    >
      <h2 id="th-notices-title">Notices</h2>
      <p v-if="problem" class="th-problem" role="alert">{{ problem }}</p>
      <p v-else-if="!rows" class="th-empty">Looking…</p>
      <p v-else-if="!rows.length" class="th-empty">
        Nothing to tell. When a hook only fails, or is switched off, it says so here.
      </p>
      <ul v-else tabindex="0" aria-label="The newest notices, newest first">
        <li v-for="(row, index) in rows" :key="row.seq">
          <component
            :is="row.link ? 'a' : 'div'"
            :href="row.link || undefined"
            class="th-notice"
            :class="['is-' + row.tone, { 'is-fresh': index < fresh }]"
            data-testid="notice"
          >
            <span class="th-run-mark"><icon :name="icons[row.tone] || 'bell'" /></span>
            <span class="th-notice-main"
              ><span class="th-hidden">{{ tones[row.tone] }}{{ index < fresh ? ", new" : "" }}: </span
              ><b>{{ row.title }}</b><span>{{ row.text }}</span><small><stamp :at="row.at" /></small
            ></span>
          </component>
        </li>
        <li v-if="more" class="th-notices-older">
          <button type="button" class="th-button is-small" @click="older">Show older ones</button>
        </li>
      </ul>
    </div>
  </span>`,
};
