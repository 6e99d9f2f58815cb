import { Icon, copyText } from "th-shared";

// Copies its text, or without one the address of the page.
export default {
  components: { Icon },
  props: ["label", "text"],
  data: () => ({ said: "" }),
  methods: {
    async copy() {
      this.said = (await copyText(this.text ?? location.origin + location.pathname)) ? "Copied" : "Not copied";
      setTimeout(() => (this.said = ""), 2000);
    },
  },
  template: `<button type="button" class="th-button" @click="copy"><icon name="copy" /><span aria-live="polite">{{ said || label }}</span></button>`,
};
