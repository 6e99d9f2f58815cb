export default {
  props: ["dirty"],
  mounted() {
    window.addEventListener("beforeunload", this.guard);
  },
  unmounted() {
    window.removeEventListener("beforeunload", this.guard);
  },
  methods: {
    guard(event) {
      if (!this.dirty) return;
      event.preventDefault();
      event.returnValue = "";
    },
  },
  template: /* HTML */ `<span hidden />`,
};
