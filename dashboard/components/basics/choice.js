// A choice between a few values, side by side: native radio buttons styled as one control.
export default {
  props: ["options", "initial", "label", "disabled", "describedby"],
  emits: ["change"],
  data() {
    return { value: this.initial };
  },
  methods: {
    choose(value) {
      this.value = value;
      this.$emit("change", value);
    },
    set(value) {
      this.value = value;
    },
  },
  template: /* HTML */ ` <div
    class="th-match th-choice"
    role="radiogroup"
    :aria-label="label"
    :aria-describedby="describedby"
  >
    <label v-for="one in options" :key="one.value" :class="['is-' + one.value, { 'is-on': one.value === value }]">
      <input
        type="radio"
        :name="'th-choice-' + $.uid"
        :value="one.value"
        :checked="one.value === value"
        :disabled="disabled"
        @change="choose(one.value)"
      />{{ one.label }}</label
    >
  </div>`,
};
