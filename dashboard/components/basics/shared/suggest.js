import { Icon } from "./icons.js";

const haystackOf = (option) =>
  [option.label, option.value, option.detail, option.group, ...(option.words || [])].join(" ").toLowerCase();

// An ARIA combobox over options {value, label, detail, note, group, words}. `strict` accepts only options, else any
// text; without `search` it is a button that opens the list.
export const Suggest = {
  components: { Icon },
  props: {
    modelValue: { type: String, default: "" },
    options: { type: Array, default: () => [] },
    label: { type: String, required: true },
    inputId: { type: String, default: undefined },
    placeholder: { type: String, default: "" },
    describedby: { type: String, default: undefined },
    strict: Boolean,
    search: { type: Boolean, default: true },
    invalid: Boolean,
    disabled: Boolean,
    mono: Boolean,
  },
  emits: ["update:modelValue", "leave"],
  data: () => ({ open: false, active: -1, query: "", typed: false }),
  computed: {
    listId() {
      return `th-list-${this.$.uid}`;
    },
    chosen() {
      return this.options.find((option) => option.value === this.modelValue);
    },
    text() {
      if (!this.strict) return this.modelValue;
      return this.typed ? this.query : this.chosen ? this.chosen.label : this.modelValue;
    },
    shown() {
      const words = this.typed ? this.query.toLowerCase().split(/\s+/).filter(Boolean) : [];
      return this.options.filter((option) => {
        const haystack = haystackOf(option);
        return words.every((word) => haystack.includes(word));
      });
    },
    groups() {
      const groups = [];
      this.shown.forEach((option, index) => {
        if (!groups.length || groups[groups.length - 1].name !== option.group)
          groups.push({ name: option.group, options: [] });
        groups[groups.length - 1].options.push({ ...option, index });
      });
      return groups;
    },
    activeId() {
      return this.listed && this.active >= 0 && this.active < this.shown.length
        ? `${this.listId}-${this.active}`
        : undefined;
    },
    listed() {
      return this.open && (this.shown.length > 0 || (this.strict && this.search));
    },
  },
  methods: {
    show() {
      if (this.disabled || this.open) return;
      this.open = true;
      this.active = this.shown.findIndex((option) => option.value === this.modelValue);
      this.scroll();
    },
    hide() {
      this.open = this.typed = false;
      this.active = -1;
    },
    type(event) {
      this.query = event.target.value;
      this.typed = true;
      this.open = true;
      this.active = this.strict && this.query.trim() ? 0 : -1;
      if (!this.strict) this.$emit("update:modelValue", this.query);
      this.scroll();
    },
    take(option) {
      this.hide();
      this.$emit("update:modelValue", option.value);
      this.$nextTick(() => this.strict && this.search && this.$refs.box.select());
    },
    move(step) {
      if (!this.open) return this.show();
      const count = this.shown.length;
      if (count) this.active = (this.active + step + (this.active < 0 && step < 0 ? 1 : 0) + count) % count;
      this.scroll();
    },
    jump(index) {
      this.active = index < 0 ? this.shown.length - 1 : index;
      this.scroll();
    },
    // Selects the next option that starts with the letter, in a list without search.
    find(letter) {
      this.show();
      const order = [...this.shown.keys()].map((i) => (this.active + 1 + i) % this.shown.length);
      const hit = order.find((i) => this.shown[i].label.toLowerCase().startsWith(letter));
      if (hit !== undefined) this.jump(hit);
    },
    scroll() {
      this.$nextTick(() => {
        const list = this.$refs.list;
        if (!list) return;
        const option = list.querySelector('[aria-selected="true"]');
        if (option) option.scrollIntoView({ block: "nearest" });
        else list.scrollTop = 0;
        list.scrollIntoView({ block: "nearest" });
      });
    },
    key(event) {
      if (event.altKey && event.key === "ArrowUp") return this.hide();
      if (event.key === "ArrowDown") event.altKey ? this.show() : this.move(1);
      else if (event.key === "ArrowUp") this.move(-1);
      else if (event.key === "Home" && this.open && !this.search) this.jump(0);
      else if (event.key === "End" && this.open && !this.search) this.jump(-1);
      else if (event.key === "Enter" && this.activeId) this.take(this.shown[this.active]);
      else if (event.key === "Escape" && this.listed) this.hide();
      else if (event.key === "Tab" && this.activeId && (this.typed || !this.search)) {
        this.take(this.shown[this.active]);
        return;
      } else if (!this.search && (event.key === " " || event.key === "Enter")) {
        this.activeId ? this.take(this.shown[this.active]) : this.show();
      } else if (!this.search && /^\w$/.test(event.key) && !event.ctrlKey && !event.metaKey) {
        this.find(event.key.toLowerCase());
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    left(event) {
      if (this.$el.contains(event.relatedTarget)) return;
      this.hide();
      this.$emit("leave");
    },
    toggle() {
      if (this.open) this.hide();
      else this.show();
      this.$refs.box.focus();
    },
    focus() {
      this.$refs.box.focus();
    },
  },
  template: /* HTML */ ` <div
    class="th-combo"
    :class="{ 'is-open': listed, 'is-invalid': invalid, 'is-disabled': disabled, 'is-mono': mono }"
    @focusout="left"
  >
    <input
      v-if="search"
      ref="box"
      class="th-input"
      type="text"
      role="combobox"
      autocomplete="off"
      spellcheck="false"
      autocapitalize="off"
      :id="inputId"
      :aria-label="inputId ? undefined : label"
      aria-autocomplete="list"
      :aria-expanded="listed"
      :aria-controls="listId"
      :aria-activedescendant="activeId"
      :aria-invalid="invalid || undefined"
      :aria-describedby="describedby"
      :placeholder="placeholder"
      :value="text"
      :readonly="disabled"
      @input="type"
      @keydown="key"
      @click="show"
      @focus="strict && $event.target.select()"
    />
    <button
      v-else
      ref="box"
      class="th-input th-combo-button"
      type="button"
      role="combobox"
      aria-haspopup="listbox"
      :id="inputId"
      :aria-label="inputId ? undefined : label"
      :aria-expanded="listed"
      :aria-controls="listId"
      :aria-activedescendant="activeId"
      :aria-describedby="describedby"
      :aria-disabled="disabled || undefined"
      @keydown="key"
      @click="toggle"
    >
      {{ text }}
    </button>
    <span v-if="search && strict && chosen && chosen.note && !typed" class="th-combo-note" aria-hidden="true"
      >{{ chosen.note }}</span
    >
    <span
      v-if="!disabled && (strict || options.length)"
      class="th-combo-arrow"
      aria-hidden="true"
      @mousedown.prevent
      @click="toggle"
      ><icon name="down"
    /></span>
    <div v-show="listed" ref="list" class="th-pop" role="listbox" :id="listId" aria-label="Options" @mousedown.prevent>
      <div
        v-for="group in groups"
        :key="group.name"
        :role="group.name ? 'group' : 'presentation'"
        :aria-label="group.name || undefined"
      >
        <div v-if="group.name" class="th-pop-group" aria-hidden="true">{{ group.name }}</div>
        <div
          v-for="option in group.options"
          :key="option.value"
          role="option"
          class="th-option"
          :id="listId + '-' + option.index"
          :aria-selected="option.index === active"
          :class="{ 'is-active': option.index === active, 'is-chosen': option.value === modelValue }"
          @mousemove="active = option.index"
          @click="take(option)"
        >
          <span class="th-option-main"
            ><span class="th-option-label">{{ option.label }}</span>
            <span v-if="option.detail" class="th-option-detail">{{ option.detail }}</span></span
          >
          <span v-if="option.note" class="th-option-note">{{ option.note }}</span>
        </div>
      </div>
      <div v-if="!shown.length" class="th-pop-none" role="option" aria-disabled="true" aria-selected="false">
        Nothing matches “{{ query }}”. Try another word.
      </div>
    </div>
  </div>`,
};
