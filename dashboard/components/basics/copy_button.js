import { Icon, copyText } from "th-shared";

// Copies its text, or without one the page's URL with `search` appended.
export default {
  components: { Icon },
  props: ["label", "text", "search"],
  data: () => ({ said: "" }),
  methods: {
    async copy() {
      this.said = (await copyText(this.text ?? location.origin + location.pathname + this.search))
        ? "Copied"
        : "Not copied";
      setTimeout(() => (this.said = ""), 2000);
    },
  },
  template: /* HTML */ `<button type="button" class="th-button" @click="copy">
    <icon name="copy" /><span aria-live="polite">{{ said || label }}</span>
  </button>`,
};
