import { Icon } from "th-parts";

let serial = 0;

export default {
  components: { Icon },
  props: ["initial", "errors", "disabled"],
  emits: ["change", "leave"],
  data() {
    return { rows: this.initial.map(([name, value]) => ({ key: ++serial, name, value, seen: true })) };
  },
  watch: {
    "errors.tries"() {
      for (const row of this.rows) row.seen = true;
    },
  },
  methods: {
    add() {
      this.rows.push({ key: ++serial, name: "", value: "", seen: false });
      this.$nextTick(() => {
        const names = this.$el.querySelectorAll(".ti-header-name");
        names[names.length - 1].focus();
      });
    },
    remove(index) {
      this.rows.splice(index, 1);
      this.changed();
      this.$nextTick(() => {
        const removes = this.$el.querySelectorAll(".ti-remove");
        (removes[Math.min(index, removes.length - 1)] || this.$refs.add).focus();
      });
    },
    changed() {
      this.$emit("change", this.rows.map((row) => [row.name, row.value]));
    },
    select(row, event) {
      // what stands for a secret is replaced as a whole, or stays
      if (/^\u2022+$/.test(row.value)) event.target.select();
    },
    left(row, event) {
      if (event.currentTarget.contains(event.relatedTarget)) return;
      row.seen = true;
      this.$emit("leave");
    },
    error(index) {
      return this.rows[index].seen ? this.errors.rows[index] : undefined;
    },
  },
  template: `
    <div class="ti-headers">
      <div v-if="rows.length" class="ti-rows">
        <div v-for="(row, i) in rows" :key="row.key" class="ti-row ti-header" role="group" :aria-label="'Header ' + (i + 1)"
            :data-field="'header' + i" @focusout="left(row, $event)">
          <div class="ti-cell"><input class="ti-input ti-header-name is-mono" v-model="row.name" aria-label="Header name" placeholder="X-Team" spellcheck="false"
                 autocapitalize="off" :readonly="disabled" :aria-invalid="!!error(i) || undefined" :aria-describedby="error(i) && 'ti-h' + row.key" @input="changed" />
            <p v-if="error(i)" class="ti-error" :id="'ti-h' + row.key">{{ error(i) }}</p></div>
          <div class="ti-cell"><input class="ti-input is-mono" v-model="row.value" aria-label="Header value" placeholder="sales" spellcheck="false" autocapitalize="off" autocomplete="off"
                 :readonly="disabled" @focus="select(row, $event)" @input="changed" /></div>
          <button v-if="!disabled" type="button" class="ti-remove" :aria-label="'Remove header ' + (i + 1)" @click="remove(i)"><icon name="remove" /></button>
        </div>
      </div>
      <p v-else-if="disabled" class="ti-hint">No headers of its own.</p>
      <button v-if="!disabled" ref="add" type="button" class="ti-add" @click="add"><icon name="plus" />Add header</button>
    </div>`,
};
