import { Icon } from "th-shared";

let serial = 0;

export default {
  components: { Icon },
  props: ["initial", "usual", "presets", "errors", "disabled"],
  emits: ["change", "preset", "leave"],
  data() {
    return { rows: this.read(this.initial), preset: null, values: [], refused: "" };
  },
  watch: {
    "errors.tries"() {
      for (const row of this.rows) row.seen = true;
    },
  },
  methods: {
    read(rows) {
      return rows.map(([name, value, secret]) => ({ key: ++serial, name, value, secret, chosen: true, seen: true }));
    },
    // Other rows from the server; a preset that was asked for is among them.
    set(rows) {
      this.rows = this.read(rows);
      if (this.preset) this.close();
    },
    ask(preset) {
      this.preset = preset;
      this.values = preset.asks.map(([, value]) => value);
      this.refused = "";
      this.$nextTick(() => this.$el.querySelector(".th-preset input").focus());
    },
    fill() {
      this.$emit("preset", { kind: this.preset.kind, values: this.values });
    },
    refuse(text) {
      this.refused = text;
    },
    close() {
      this.preset = null;
      this.values = [];
      this.$nextTick(() => this.$refs.add.focus());
    },
    add() {
      this.rows.push({ key: ++serial, name: "", value: "", secret: false, chosen: false, seen: false });
      this.$nextTick(() => {
        const names = this.$el.querySelectorAll(".th-header-name");
        names[names.length - 1].focus();
      });
    },
    remove(index) {
      this.rows.splice(index, 1);
      this.changed();
      this.$nextTick(() => {
        const removes = this.$el.querySelectorAll(".th-remove");
        (removes[Math.min(index, removes.length - 1)] || this.$refs.add).focus();
      });
    },
    changed() {
      this.$emit(
        "change",
        this.rows.map((row) => [row.name, row.value, row.secret]),
      );
    },
    // A header that is called like one that usually bears a secret is one, unless somebody says otherwise.
    named(row) {
      if (!row.chosen) row.secret = this.usual.includes(row.name.trim().toLowerCase());
      this.changed();
    },
    mark(row) {
      row.chosen = true;
      this.changed();
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
  template: /* HTML */ ` <div class="th-headers">
    <div v-if="rows.length" class="th-rows">
      <div
        v-for="(row, i) in rows"
        :key="row.key"
        class="th-row th-header"
        role="group"
        :aria-label="'Header ' + (i + 1)"
        :data-field="errors.place + '[' + i + ']'"
        @focusout="left(row, $event)"
      >
        <div class="th-cell">
          <input
            class="th-input th-header-name is-mono"
            v-model="row.name"
            aria-label="Header name"
            placeholder="X-Team"
            spellcheck="false"
            autocapitalize="off"
            :readonly="disabled"
            :aria-invalid="!!error(i) || undefined"
            :aria-describedby="error(i) && 'th-h' + row.key"
            @input="named(row)"
          />
          <p v-if="error(i)" class="th-error" :id="'th-h' + row.key">{{ error(i) }}</p>
        </div>
        <div class="th-cell">
          <input
            class="th-input is-mono"
            v-model="row.value"
            aria-label="Header value"
            placeholder="sales"
            spellcheck="false"
            autocapitalize="off"
            autocomplete="off"
            :readonly="disabled"
            @focus="select(row, $event)"
            @input="changed"
          />
        </div>
        <label class="th-tick" title="Kept sealed, and not shown again once it is saved"
          ><input type="checkbox" v-model="row.secret" :disabled="disabled" @change="mark(row)" />Secret</label
        >
        <button
          v-if="!disabled"
          type="button"
          class="th-remove"
          :aria-label="'Remove header ' + (i + 1)"
          @click="remove(i)"
        >
          <icon name="remove" />
        </button>
      </div>
    </div>
    <p v-else-if="disabled" class="th-hint">No headers of its own.</p>
    <div v-if="!disabled" class="th-adds">
      <button ref="add" type="button" class="th-add" @click="add"><icon name="plus" />Add header</button>
      <button
        v-for="one in presets"
        :key="one.kind"
        type="button"
        class="th-add is-quiet"
        :aria-expanded="preset === one"
        @click="preset === one ? close() : ask(one)"
      >
        {{ one.label }}
      </button>
    </div>
    <div v-if="preset" class="th-preset" role="group" :aria-label="preset.label" @keydown.enter.exact.prevent="fill">
      <label v-for="([label], i) in preset.asks" :key="label"
        ><span class="th-label">{{ label }}</span>
        <input
          class="th-input is-mono"
          :type="label === 'Password' ? 'password' : 'text'"
          v-model="values[i]"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
      /></label>
      <p v-if="refused" class="th-error" role="alert">{{ refused }}</p>
      <div class="th-buttons">
        <button type="button" class="th-button is-large is-main" @click="fill">Add</button>
        <button type="button" class="th-button is-large" @click="close">Cancel</button>
      </div>
    </div>
  </div>`,
};
