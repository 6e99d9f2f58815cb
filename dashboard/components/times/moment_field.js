// Input for a date and time in the viewer's time zone; reports UTC.
import { localOf } from "th-shared";

export default {
  props: ["initial", "inputId", "describedby", "disabled", "invalid"],
  emits: ["change", "leave"],
  data() {
    return { text: localOf(this.initial) };
  },
  methods: {
    tell() {
      this.$emit("change", this.text ? new Date(this.text).toISOString() : null);
    },
  },
  template: /* HTML */ `<div>
    <input
      class="th-input"
      type="datetime-local"
      max="2999-12-31T23:59"
      v-model="text"
      :id="inputId"
      :aria-describedby="describedby"
      :aria-invalid="String(Boolean(invalid))"
      :disabled="disabled"
      @input="tell"
      @blur="$emit('leave')"
    />
  </div>`,
};
