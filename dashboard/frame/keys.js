import { Modal, isKey, keysAreOn } from "th-shared";

const KEYS = [
  ["/", "Search hooks"],
  ["n", "Add a hook"],
  ["p", "Pause or resume the feed"],
  ["g h", "Go to hooks"],
  ["g v", "Go to events"],
  ["g e", "Go to executions"],
  ["g t", "Go to tasks"],
  ["g l", "Go to leads"],
  ["g a", "Go to analytics"],
  ["g o", "Go to sources"],
  ["g s", "Go to settings"],
  ["Ctrl S", "Save the form"],
  ["Ctrl Enter", "Dry run in the Test dialog"],
  ["Esc", "Close"],
  ["?", "These keys"],
];

const PAGES = {
  h: "/",
  v: "/events",
  e: "/executions",
  t: "/tasks",
  l: "/leads",
  a: "/analytics",
  o: "/sources",
  s: "/settings",
};

export default {
  components: { Modal },
  data: () => ({ keys: KEYS, after: null, on: keysAreOn() }),
  mounted() {
    document.addEventListener("keydown", this.onKey);
  },
  beforeUnmount() {
    document.removeEventListener("keydown", this.onKey);
  },
  methods: {
    onKey(event) {
      if (!isKey(event)) return;
      const went = this.after === "g" && PAGES[event.key];
      this.after = event.key;
      if (went) location.assign(went);
      else if (event.key === "?") this.$refs.help.open();
    },
    remember() {
      localStorage.setItem("keys", this.on ? "on" : "off");
    },
  },
  template: /* HTML */ `<span
    ><button
      type="button"
      class="th-icon-button th-keys-button"
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts (?)"
      @click="$refs.help.open()"
    >
      ?
    </button>
    <modal ref="help" title="Keyboard" class="th-help">
      <dl>
        <template v-for="[key, what] in keys" :key="key"
          ><dt><kbd v-for="one in key.split(' ')" :key="one">{{ one }}</kbd></dt>
          <dd>{{ what }}</dd></template
        >
      </dl>
      <label class="th-check"
        ><input type="checkbox" v-model="on" @change="remember" />Use the keys of one letter</label
      >
    </modal></span
  >`,
};
