import { dialogIsOpen, typing } from "th-shared";

const KEYS = [
  ["/", "Search hooks"], ["n", "Add a hook"], ["p", "Pause or resume the feed"], ["g h", "Go to hooks"], ["g e", "Go to executions"],
  ["Ctrl S", "Save the form"], ["Ctrl Enter", "Dry run in the Test dialog"], ["Esc", "Close"], ["?", "These keys"],
];

export default {
  data: () => ({ keys: KEYS, after: null }),
  mounted() {
    document.addEventListener("keydown", this.onKey);
  },
  beforeUnmount() {
    document.removeEventListener("keydown", this.onKey);
  },
  methods: {
    onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || dialogIsOpen() || this.$refs.help.open) return;
      const went = this.after === "g" && { h: "/", e: "/executions" }[event.key];
      this.after = event.key;
      if (went) location.assign(went);
      else if (event.key === "?") this.$refs.help.showModal();
    },
  },
  template: `<span><button type="button" class="th-icon-button th-keys-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" @click="$refs.help.showModal()">?</button>
    <dialog ref="help" class="th-help" aria-labelledby="th-help-title" @click.self="$refs.help.close()">
      <h2 id="th-help-title">Keyboard</h2>
      <dl><template v-for="[key, what] in keys" :key="key"><dt><kbd v-for="one in key.split(' ')" :key="one">{{ one }}</kbd></dt><dd>{{ what }}</dd></template></dl>
      <form method="dialog"><button class="th-button">Close</button></form>
    </dialog></span>`,
};
