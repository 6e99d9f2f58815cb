// A moment to write, in the viewer's own time zone; programs get it in UTC.
const two = (number) => String(number).padStart(2, "0");
const shown = (iso) => {
  const at = new Date(iso);
  if (!iso || isNaN(at)) return "";
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

export default {
  props: ["initial", "inputId", "describedby", "disabled", "invalid"],
  emits: ["change", "leave"],
  data() {
    return { text: shown(this.initial) };
  },
  methods: {
    tell() {
      this.$emit("change", this.text ? new Date(this.text).toISOString() : null);
    },
  },
  template: `<div><input class="ti-input" type="datetime-local" max="2999-12-31T23:59" v-model="text" :id="inputId" :aria-describedby="describedby" :aria-invalid="String(Boolean(invalid))" :disabled="disabled" @input="tell" @blur="$emit('leave')" /></div>`,
};
