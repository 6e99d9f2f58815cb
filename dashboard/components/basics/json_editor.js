import { Icon, Json } from "th-shared";

const PAUSE_MS = 150;

// A monospace text area with line numbers over a highlighted copy of its text. The server checks whether it is JSON.
export default {
  components: { Icon, Json },
  props: ["initial", "label", "describedby"],
  emits: ["change", "run"],
  data() {
    return { text: this.initial, problem: null };
  },
  computed: {
    lines() {
      return this.text.split("\n").length;
    },
  },
  methods: {
    typed(event) {
      this.text = event.target.value;
      clearTimeout(this.timer);
      this.timer = setTimeout(this.flush, PAUSE_MS);
    },
    flush() {
      if (!this.timer) return;
      clearTimeout(this.timer);
      this.timer = null;
      this.$emit("change", this.text);
    },
    key(event) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.flush();
      this.$emit("run");
    },
    // Cancels the report of what was typed before.
    set(text) {
      clearTimeout(this.timer);
      this.timer = null;
      this.text = text;
      this.problem = null;
    },
    told(problem) {
      this.problem = problem;
    },
    focus() {
      this.$refs.area.focus();
    },
    scrolled() {
      const { scrollTop, scrollLeft } = this.$refs.area;
      this.$refs.numbers.style.transform = `translateY(${-scrollTop}px)`;
      this.$refs.copy.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    },
  },
  unmounted() {
    clearTimeout(this.timer);
  },
  template: /* HTML */ ` <div class="th-json-editor">
    <div class="th-json-box" :class="{ 'is-invalid': problem }">
      <div class="th-json-gutter" aria-hidden="true">
        <div ref="numbers">
          <span v-for="n in lines" :key="n" :class="{ 'is-wrong': problem && problem.line === n }">{{ n }}</span>
        </div>
      </div>
      <div class="th-json-text">
        <div ref="copy" class="th-json-copy" aria-hidden="true"><json :text="text" /></div>
        <textarea
          ref="area"
          wrap="off"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          :aria-label="label"
          :aria-invalid="problem ? true : undefined"
          :aria-describedby="describedby"
          :value="text"
          @input="typed"
          @keydown="key"
          @blur="flush"
          @scroll="scrolled"
        ></textarea>
      </div>
    </div>
    <div :id="describedby" role="status" class="th-check-result">
      <p v-if="problem" class="th-error"><icon name="warn" /><span>{{ problem.message }}</span></p>
    </div>
  </div>`,
};
