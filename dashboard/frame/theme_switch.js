import { Icon } from "th-shared";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const NAMES = { auto: "as the system", light: "light", dark: "dark" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" };

export default {
  components: { Icon },
  data() {
    const asked = new URL(location.href).searchParams.get("theme");
    return {
      mode: NEXT[asked] ? asked : localStorage.getItem("theme") || "auto",
      names: NAMES,
      icons: ICONS,
      next: NEXT,
    };
  },
  created() {
    this.apply();
    this.$watch(() => Quasar.Dark.isActive, this.paint, { immediate: true });
  },
  methods: {
    apply() {
      Quasar.Dark.set(this.mode === "auto" ? "auto" : this.mode === "dark");
    },
    // For what the style sheet does not reach: select menus, scroll bars, the page background.
    paint(dark) {
      document.documentElement.style.background = dark ? "#0b0f17" : "#f5f7f9";
      document.documentElement.style.colorScheme = dark ? "dark" : "light";
    },
    change() {
      this.mode = NEXT[this.mode];
      localStorage.setItem("theme", this.mode);
      this.apply();
    },
  },
  template: /* HTML */ `<button
    type="button"
    class="th-icon-button"
    @click="change"
    :aria-label="'Colours: ' + names[mode] + '. Change to ' + names[next[mode]]"
    :title="'Colours: ' + names[mode]"
  >
    <icon :name="icons[mode]" />
  </button>`,
};
