import { Icon, Suggest } from "th-shared";

let serial = 0;

// `one, two, "three, four"` → three values, and back.
const split = (text) =>
  [...text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]+))\s*(?:,|$)/g)]
    .map((match) => (match[1] !== undefined ? match[1].replace(/\\(.)/g, "$1") : match[2].trim()))
    .filter((value) => value !== "");
const join = (values) =>
  values.map((value) => (/[",]/.test(String(value)) ? JSON.stringify(String(value)) : String(value))).join(", ");

export default {
  components: { Icon, Suggest },
  props: ["initial", "fields", "operators", "errors", "disabled"],
  emits: ["change", "leave"],
  data() {
    return { match: "all", rows: [] };
  },
  created() {
    this.set(this.initial);
  },
  computed: {
    kinds() {
      return Object.fromEntries(this.operators.map((operator) => [operator.value, operator.kind]));
    },
    fieldOptions() {
      return this.fields.map((field) => ({
        value: field.attribute,
        label: field.attribute,
        detail: field.meaning,
        note: field.note,
      }));
    },
  },
  watch: {
    // After an attempt to save, every existing row shows its problems.
    "errors.tries"() {
      for (const row of this.rows) row.seen = { field: true, value: true };
    },
  },
  methods: {
    set(filters) {
      this.match = filters.match;
      this.rows = filters.rows.map((row) => ({
        key: ++serial,
        field: row.field,
        operator: row.operator,
        text: Array.isArray(row.value) ? join(row.value) : row.value === null ? "" : String(row.value),
        exact: row.case_sensitive,
        seen: {},
      }));
    },
    add() {
      this.rows.push({ key: ++serial, field: "", operator: "is", text: "", exact: false, seen: {} });
      this.changed();
      this.$nextTick(() => {
        const boxes = this.$el.querySelectorAll(".th-filter");
        boxes[boxes.length - 1].querySelector("input").focus();
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
    values(row) {
      const field = this.fields.find((known) => known.attribute === row.field);
      if (!field) return [];
      const known = field.type === "boolean" ? ["true", "false"] : field.one_of.map(String);
      if (this.kinds[row.operator] !== "list") return known.map((value) => ({ value, label: value }));
      const taken = split(row.text.slice(0, row.text.lastIndexOf(",") + 1));
      return known
        .filter((value) => !taken.includes(value))
        .map((value) => ({ value: join([...taken, value]), label: value }));
    },
    changed() {
      this.$emit("change", {
        match: this.match,
        rows: this.rows.map((row) => ({
          field: row.field.trim(),
          operator: row.operator,
          value: this.value(row),
          case_sensitive: row.exact,
        })),
      });
    },
    value(row) {
      const kind = this.kinds[row.operator];
      if (kind === "none") return null;
      return kind === "list" ? split(row.text) : row.text.trim();
    },
    left(row, place) {
      if (row[place === "field" ? "field" : "text"]) row.seen[place] = true;
      this.$emit("leave");
    },
    error(index, place) {
      const row = this.rows[index];
      return row.seen[place] ? this.errors.problems[`filters.rows[${index}].${place}`] : undefined;
    },
    matchTo(match) {
      this.match = match;
      this.changed();
    },
  },
  template: /* HTML */ ` <div class="th-filters">
    <div v-if="rows.length > 1" class="th-match" role="radiogroup" aria-label="How many filters must match">
      <label v-for="choice in ['all', 'any']" :key="choice" :class="{ 'is-on': match === choice }">
        <input
          type="radio"
          :name="'match' + $.uid"
          :checked="match === choice"
          :disabled="disabled"
          @change="matchTo(choice)"
        />{{ choice === 'all' ? 'All must match' : 'Any may match' }}</label
      >
    </div>
    <div v-if="rows.length" class="th-rows">
      <div
        v-for="(row, i) in rows"
        :key="row.key"
        class="th-row th-filter"
        role="group"
        :aria-label="'Filter ' + (i + 1)"
      >
        <div class="th-cell" :data-field="'filters.rows[' + i + '].field'">
          <suggest
            :model-value="row.field"
            :options="fieldOptions"
            label="Attribute"
            placeholder="Attribute"
            mono
            :disabled="disabled"
            :invalid="!!error(i, 'field')"
            :describedby="error(i, 'field') && 'th-f' + row.key"
            @update:model-value="row.field = $event; changed()"
            @leave="left(row, 'field')"
          />
          <p v-if="error(i, 'field')" class="th-error" :id="'th-f' + row.key">{{ error(i, 'field') }}</p>
        </div>
        <div class="th-cell th-cell-operator">
          <suggest
            strict
            :search="false"
            :model-value="row.operator"
            :options="operators"
            label="Operator"
            :disabled="disabled"
            @update:model-value="row.operator = $event; changed()"
          />
        </div>
        <div class="th-cell" :data-field="'filters.rows[' + i + '].value'">
          <div v-if="kinds[row.operator] !== 'none'" class="th-value">
            <suggest
              :model-value="row.text"
              :options="values(row)"
              label="Value"
              :disabled="disabled"
              :placeholder="kinds[row.operator] === 'list' ? 'One, two, three' : 'Value'"
              :invalid="!!error(i, 'value')"
              :describedby="error(i, 'value') && 'th-v' + row.key"
              @update:model-value="row.text = $event; changed()"
              @leave="left(row, 'value')"
            />
            <button
              v-if="kinds[row.operator] !== 'order'"
              type="button"
              class="th-case"
              :aria-pressed="row.exact"
              aria-label="Match upper and lower case exactly"
              title="Match upper and lower case exactly"
              :disabled="disabled"
              @click="row.exact = !row.exact; changed()"
            >
              Aa
            </button>
          </div>
          <p v-if="error(i, 'value')" class="th-error" :id="'th-v' + row.key">{{ error(i, 'value') }}</p>
        </div>
        <button
          v-if="!disabled"
          type="button"
          class="th-remove"
          :aria-label="'Remove filter ' + (i + 1)"
          @click="remove(i)"
        >
          <icon name="remove" />
        </button>
      </div>
    </div>
    <p v-else-if="disabled" class="th-hint">No filters.</p>
    <button v-if="!disabled" ref="add" type="button" class="th-add" @click="add"><icon name="plus" />Add filter</button>
  </div>`,
};
