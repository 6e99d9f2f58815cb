import { Suggest } from "th-shared";

export default {
  components: { Suggest },
  props: ["options", "initial", "label", "inputId", "placeholder", "search", "invalid", "describedby", "disabled"],
  emits: ["change", "leave"],
  data() {
    return { value: this.initial };
  },
  methods: {
    choose(value) {
      if (value === this.value) return;
      this.value = value;
      this.$emit("change", value);
    },
    set(value) {
      this.value = value;
    },
  },
  template: /* HTML */ ` <suggest
    strict
    :model-value="value"
    :options="options"
    :label="label"
    :input-id="inputId"
    :placeholder="placeholder"
    :search="search"
    :invalid="invalid"
    :describedby="describedby"
    :disabled="disabled"
    @update:model-value="choose"
    @leave="$emit('leave')"
  />`,
};
