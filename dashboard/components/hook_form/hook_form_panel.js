// The panel around the form: its keys, the guard against leaving the page, the way to the first wrong field, and what
// is written here kept in the browser, so that it outlives the connection.
const TYPED = /^(title|description|condition|actions\[\d+\]\.(url|body|when))$/;

function valueAt(raw, field) {
  const [, index, name] = field.match(/^actions\[(\d+)\]\.(\w+)$/) || [];
  return name ? raw.actions[index]?.[name] : raw[field];
}

export default {
  props: ["dirty", "place"],
  emits: ["save", "leave", "test", "found"],
  data: () => ({ backdrop: null }),
  mounted() {
    this.$el.addEventListener("input", this.typed);
    const kept = this.kept();
    if (kept) this.$emit("found", { ...kept, at: this.when(kept.at) });
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
    kept() {
      try {
        return this.place && JSON.parse(localStorage.getItem(this.place));
      } catch {
        return null;
      }
    },
    when(at) {
      const moment = new Date(at);
      const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      return moment.toDateString() === new Date().toDateString() ? time : `${moment.toLocaleDateString()}, ${time}`;
    },
    put(what) {
      try {
        localStorage.setItem(this.place, JSON.stringify({ ...what, at: Date.now() }));
      } catch {
        // Without room or permission, the form works as ever.
      }
    },
    // As the server knows it; what was typed since stays, until the server has it too.
    keep(raw, version) {
      const waiting = Object.entries(this.kept()?.typed || {}).filter(([field, text]) => valueAt(raw, field) !== text);
      const typed = Object.fromEntries(waiting);
      this.put({ raw, version, typed });
    },
    // Also while the server is away, which hears nothing of it then.
    typed(event) {
      const field = event.target.closest("[data-field]")?.dataset.field;
      if (!this.place || !field || !TYPED.test(field) || typeof event.target.value !== "string") return;
      const kept = this.kept() || {};
      this.put({ ...kept, typed: { ...kept.typed, [field]: event.target.value } });
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
