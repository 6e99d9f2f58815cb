// The panel around the form: its keys, the guard against leaving the page, and the way to the first wrong field.
export default {
  props: ["dirty"],
  emits: ["save", "leave", "test"],
  data: () => ({ backdrop: null }),
  mounted() {
    window.addEventListener("keydown", this.key, true);
    window.addEventListener("beforeunload", this.guard);
    this.$nextTick(() => {
      const dialog = this.$el.closest(".q-dialog");
      this.backdrop = dialog && dialog.querySelector(".q-dialog__backdrop");
      if (this.backdrop) this.backdrop.addEventListener("click", this.leave);
    });
  },
  unmounted() {
    window.removeEventListener("keydown", this.key, true);
    window.removeEventListener("beforeunload", this.guard);
    if (this.backdrop) this.backdrop.removeEventListener("click", this.leave);
  },
  methods: {
    onTop() {
      const open = [...document.querySelectorAll(".q-dialog")].filter((dialog) =>
        dialog.querySelector(".q-dialog__inner"),
      );
      return open.length > 0 && open[open.length - 1].contains(this.$el);
    },
    leave() {
      this.$emit("leave");
    },
    key(event) {
      if (!this.onTop()) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        event.stopPropagation();
        this.$emit("save");
      } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        this.$emit("test");
      } else if (event.key === "Escape" && !this.$el.querySelector(".th-pop:not([style*='none'])")) {
        event.preventDefault();
        event.stopPropagation();
        this.leave();
      }
    },
    guard(event) {
      if (!this.dirty) return;
      event.preventDefault();
      event.returnValue = "";
    },
    // The first of these fields in the order of the page, unfolded; for a field that is not there, the one around it.
    reveal(fields) {
      this.$nextTick(() => {
        const places = [...this.$el.querySelectorAll("[data-field]")];
        const exact = places.filter((place) => fields.includes(place.dataset.field));
        const wrong = exact[0] || places.find((place) => fields.some((field) => field.startsWith(place.dataset.field)));
        if (!wrong) return;
        for (const place of [wrong, ...exact])
          for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details"))
            fold.open = true;
        const controls = [
          "[aria-invalid='true']",
          ".th-control :is(input, textarea, button)",
          "input, textarea, button",
          "[tabindex]",
        ];
        const target = controls.map((one) => wrong.querySelector(one)).find((one) => one);
        if (!target) return;
        target.focus({ preventScroll: true });
        wrong.scrollIntoView({
          block: "center",
          behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
        });
      });
    },
  },
  template: /* HTML */ `<div class="th-panel"><slot /></div>`,
};
