import { Icon, copyText } from "th-shared";

export default {
  components: { Icon },
  props: ["starters", "before", "after", "firstKey", "canManage", "canMakeKey", "hooks", "seen"],
  emits: ["start", "key"],
  data() {
    return {
      apiKey: this.firstKey,
      copied: false,
      dismissed: localStorage.getItem("getting-started") === "dismissed",
      asked: false,
    };
  },
  computed: {
    line() {
      return this.before + (this.apiKey || "YOUR_KEY") + this.after;
    },
  },
  methods: {
    setKey(key) {
      this.apiKey = key;
    },
    makeKey() {
      this.asked = true;
      this.$emit("key");
    },
    async copy() {
      this.copied = await copyText(this.line);
      setTimeout(() => (this.copied = false), 2000);
    },
    dismiss() {
      this.dismissed = true;
      localStorage.setItem("getting-started", "dismissed");
    },
  },
  template: /* HTML */ ` <section
    v-if="!hooks || !(seen || dismissed)"
    class="th-card th-start"
    aria-labelledby="th-start-title"
  >
    <div class="th-start-head">
      <h2 id="th-start-title">{{ hooks ? "Send a first event" : "Make your first hook" }}</h2>
      <button v-if="hooks" type="button" class="th-button is-quiet" @click="dismiss">Dismiss</button>
    </div>
    <p class="th-muted">
      A hook waits for one type of event. When one comes in and its role, filters and condition hold, the hook calls an
      address, and the result shows here at once.
    </p>
    <div v-if="canManage && !hooks" class="th-starters">
      <button v-for="(one, i) in starters" :key="i" type="button" class="th-starter" @click="$emit('start', i)">
        <span class="th-starter-tag" v-if="i === 0">Start from the example</span><b>{{ one.title }}</b
        ><span>{{ one.about }}</span>
      </button>
    </div>
    <div class="th-step">
      <h3>Send an event</h3>
      <p class="th-muted">Run this in a terminal. It posts a Call Ended event, 187 seconds long and positive.</p>
      <div class="th-curl">
        <pre tabindex="0" aria-label="Command that sends an event">{{ line }}</pre>
        <button type="button" class="th-button is-small" @click="copy">
          <icon name="copy" />{{ copied ? "Copied" : "Copy" }}
        </button>
      </div>
      <p v-if="apiKey" class="th-note">
        The key in this line is shown here for now only; keep it if you want to use it later.
      </p>
      <p v-else class="th-note">
        YOUR_KEY stands for an API key.
        <button v-if="canMakeKey" type="button" class="th-button is-small" :disabled="asked" @click="makeKey">
          Make a key
        </button>
        <template v-else>An administrator makes one.</template>
      </p>
    </div>
  </section>`,
};
