import { Icon, Words } from "th-shared";

const TOKENS = new RegExp(
  [
    /(#.*)/,
    /("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)/,
    /(\b\d+(?:\.\d+)?\b)/,
    /(\b(?:and|or|not|in|if|else|is)\b)/,
    /(\b(?:true|false|null|True|False|None)\b)/,
    /([A-Za-z_][\w.]*)(?=\s*\()/,
    /([A-Za-z_][\w.]*)/,
    /([<>=!]=?|[-+*/%])/,
  ]
    .map((token) => token.source)
    .join("|"),
  "g",
);
const KINDS = ["note", "text", "number", "word", "number", "call", "name", "sign"];
const HOLE = /\{\{[^]*?(?:\}\}|$)/g;
const PREFIX = /[A-Za-z_](?:[\w.]|\[\d+\])*$/;
const WORDS = ["and", "or", "not", "in", "true", "false", "null"];
const PAUSE_MS = 200;

// The text before the caret within its hole, or null outside any hole.
const inHole = (before) => {
  const open = before.lastIndexOf("{{");
  return open < 0 || before.indexOf("}}", open) >= 0 ? null : before.slice(open + 2);
};

// A monospace text area over a highlighted copy of its text; the copy also locates the caret for the suggestions.
export default {
  components: { Icon, Words },
  props: [
    "initial",
    "fields",
    "context",
    "functions",
    "examples",
    "placeholder",
    "holes",
    "label",
    "inputId",
    "disabled",
    "describedby",
  ],
  emits: ["change", "check", "leave"],
  data() {
    return { text: this.initial, check: null, pending: false, caret: 0, active: 0, options: [], place: {}, said: "" };
  },
  computed: {
    listId() {
      return `th-condition-${this.$.uid}`;
    },
    open() {
      return this.options.length > 0;
    },
    // The text in highlighted pieces, split at the caret and at the column of an error.
    pieces() {
      const pieces = [];
      const add = (text, kind) => text && pieces.push({ text, kind });
      let at = 0;
      for (const match of this.text.matchAll(this.holes ? HOLE : TOKENS)) {
        add(this.text.slice(at, match.index), "");
        if (this.holes) add(match[0], "hole");
        else add(match[0], KINDS[match.slice(1).findIndex((group) => group !== undefined)]);
        at = match.index + match[0].length;
      }
      add(this.text.slice(at), "");
      return pieces;
    },
    wrong() {
      const column = this.check && this.check.error && this.check.column;
      if (!column || this.text.includes("\n")) return null;
      const at = Math.min(column - 1, this.text.length);
      const rest = this.text.slice(at).match(/^(\w+|\S)/);
      return { before: this.text.slice(0, at), text: rest ? rest[0] : " " };
    },
    types() {
      return Object.fromEntries(this.fields.map((field) => [field.written, field]));
    },
  },
  watch: {
    fields() {
      this.options = [];
    },
  },
  methods: {
    classOf: ({ kind }) => kind && `th-tok-${kind}`,
    typed(event) {
      this.text = event.target.value;
      this.changed();
      this.suggest(false);
    },
    changed() {
      this.pending = true;
      this.$emit("change", this.text);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("check"), PAUSE_MS);
    },
    // Called by the server; answers about an older text are ignored.
    checked(check) {
      if (check.source !== this.text) return;
      this.check = check;
      this.pending = false;
    },
    set(text) {
      this.text = text;
      this.options = [];
    },
    focus() {
      this.$refs.area.focus();
    },
    insert(addition, from, to) {
      this.text = this.text.slice(0, from) + addition + this.text.slice(to);
      this.changed();
      this.options = [];
      this.$nextTick(() => {
        this.$refs.area.focus();
        const at = from + addition.length - (addition.endsWith("()") ? 1 : 0);
        this.$refs.area.setSelectionRange(at, at);
      });
    },
    insertExample(example) {
      const text = this.text.trimEnd();
      this.insert(text ? ` and ${example}` : example, text.length, this.text.length);
    },
    insertField(name) {
      const { selectionStart: from, selectionEnd: to } = this.$refs.area;
      if (this.holes && inHole(this.text.slice(0, from)) === null) return this.insert(`{{ ${name} }}`, from, to);
      const blank = from > 0 && !/[\s([]/.test(this.text[from - 1]) ? " " : "";
      this.insert(blank + name, from, to);
    },
    // Suggestions at the caret: values after a comparison, otherwise fields, functions and keywords.
    suggest(asked) {
      const area = this.$refs.area;
      this.caret = area.selectionStart;
      this.options =
        area.selectionStart === area.selectionEnd ? this.offered(this.text.slice(0, this.caret), asked) : [];
      this.active = 0;
      this.said = this.options.length ? `${this.options.length} suggestions` : "";
      if (this.options.length) this.$nextTick(this.placeList);
    },
    offered(before, asked) {
      const hole = this.holes ? inHole(before) : before;
      if (hole !== null) return this.values(hole) || this.names(hole, asked || (this.holes && !hole.trim()));
      return asked
        ? this.names("", true)
            .filter((k) => k.note)
            .map((k) => ({ ...k, shown: k.shown || k.text, text: `{{ ${k.text} }}` }))
        : [];
    },
    values(before) {
      const match = before.match(
        /([A-Za-z_](?:[\w.]|\["[^"]*"\])*)\s*(?:==|!=|(?:not\s+)?in\s*\[(?:[^\]]*,)?)\s*("[^"]*|'[^']*|\w*)$/,
      );
      const field = match && this.types[match[1]];
      if (!field) return null;
      const values =
        field.type === "boolean" ? ["true", "false"] : (field.one_of || []).map((value) => JSON.stringify(value));
      const typed = match[2].replace(/^['"]/, "").toLowerCase();
      const fits = values.filter((value) => value.replace(/"/g, "").toLowerCase().startsWith(typed));
      if (!values.length || (!fits.length && !/^['"]/.test(match[2]))) return null;
      return fits.map((text) => ({ text, note: "value", from: match[2].length }));
    },
    names(before, asked) {
      const inText = ((before.match(/(?<!\\)"/g) || []).length | (before.match(/(?<!\\)'/g) || []).length) % 2;
      const prefix = before.match(PREFIX)?.[0] || "";
      if (inText || (!prefix && !asked) || /\d$/.test(before.slice(0, before.length - prefix.length))) return [];
      const known = [
        ...this.fields.map((f) => ({ text: f.written, note: f.note, detail: f.meaning })),
        ...this.context.map((c) => ({ text: c.name, note: "context", detail: c.meaning })),
        ...this.functions.map((f) => ({
          text: `${f.name}()`,
          shown: f.signature,
          note: "function",
          detail: f.meaning,
        })),
        ...WORDS.map((text) => ({ text, note: "" })),
      ];
      const low = prefix.toLowerCase();
      const starts = known.filter((k) => k.text.toLowerCase().startsWith(low));
      const within = low.length > 1 ? known.filter((k) => k.note && k.text.toLowerCase().indexOf(low) > 0) : [];
      const found = [...starts, ...within].map((k) => ({ ...k, from: prefix.length }));
      const exact = found.length && found[0].text === prefix;
      return exact && !asked ? [] : found;
    },
    placeList() {
      const mark = this.$refs.mark;
      if (!mark) return;
      const room = this.$refs.box.clientWidth - 300;
      this.place = {
        left: `${Math.max(0, Math.min(mark.offsetLeft - 8, room))}px`,
        top: `${mark.offsetTop + mark.offsetHeight - this.$refs.area.scrollTop + 6}px`,
      };
      this.$nextTick(() => this.$refs.list && this.$refs.list.scrollIntoView({ block: "nearest" }));
    },
    take(option) {
      const from = this.caret - option.from;
      const hole = this.holes && inHole(this.text.slice(0, from));
      const closed = /^[^{\n]*\}\}/.test(this.text.slice(this.caret));
      if (typeof hole !== "string" || closed || option.text.endsWith("()")) this.insert(option.text, from, this.caret);
      else this.insert(`${hole ? "" : " "}${option.text} }}`, from, this.caret);
    },
    key(event) {
      if (event.key === " " && event.ctrlKey) this.suggest(true);
      else if (!this.open) return;
      else if (event.key === "ArrowDown") this.active = (this.active + 1) % this.options.length;
      else if (event.key === "ArrowUp") this.active = (this.active - 1 + this.options.length) % this.options.length;
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.take(this.options[this.active]);
      else if (event.key === "Escape") this.options = [];
      else return;
      event.preventDefault();
      event.stopPropagation();
      this.$nextTick(() => {
        const option = this.$refs.list && this.$refs.list.querySelector('[aria-selected="true"]');
        if (option) option.scrollIntoView({ block: "nearest" });
      });
    },
    moved(event) {
      if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) this.options = [];
    },
    scrolled() {
      this.$refs.copy.scrollTop = this.$refs.area.scrollTop;
    },
    left() {
      this.options = [];
      clearTimeout(this.timer);
      if (this.pending) this.$emit("check");
      this.$emit("leave");
    },
  },
  unmounted() {
    clearTimeout(this.timer);
  },
  template: /* HTML */ ` <div class="th-condition" :class="{ 'is-template': holes }">
    <div ref="box" class="th-code-box" :class="{ 'is-invalid': check && check.error, 'is-disabled': disabled }">
      <pre
        ref="copy"
        class="th-code-copy"
        aria-hidden="true"
      ><span v-for="(piece, i) in pieces" :key="i" :class="classOf(piece)">{{ piece.text }}</span>&#8203;</pre>
      <pre
        class="th-code-copy is-ghost"
        aria-hidden="true"
      ><span>{{ text.slice(0, caret) }}</span><span ref="mark">&#8203;</span></pre>
      <pre
        v-if="wrong && !pending"
        class="th-code-copy is-ghost"
        aria-hidden="true"
      ><span>{{ wrong.before }}</span><span class="th-wrong">{{ wrong.text }}</span></pre>
      <textarea
        ref="area"
        class="th-code-area"
        :id="inputId"
        :aria-label="label"
        rows="2"
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        :aria-controls="listId"
        :aria-activedescendant="open ? listId + '-' + active : undefined"
        :readonly="disabled"
        :aria-invalid="check && check.error ? true : undefined"
        :aria-describedby="describedby"
        :placeholder="placeholder"
        :value="text"
        @input="typed"
        @keydown="key"
        @keyup="moved"
        @scroll="scrolled"
        @blur="left"
        @click="options = []"
      ></textarea>
      <div
        v-show="open"
        ref="list"
        class="th-pop th-pop-code"
        role="listbox"
        aria-label="Suggestions"
        :id="listId"
        :style="place"
        @mousedown.prevent
      >
        <div
          v-for="(option, i) in options"
          :key="option.text + i"
          role="option"
          class="th-option"
          :id="listId + '-' + i"
          :aria-selected="i === active"
          :class="{ 'is-active': i === active }"
          @mousemove="active = i"
          @click="take(option)"
        >
          <span class="th-option-main"
            ><code class="th-option-label">{{ option.shown || option.text }}</code>
            <span v-if="option.detail" class="th-option-detail">{{ option.detail }}</span></span
          >
          <span v-if="option.note" class="th-option-note">{{ option.note }}</span>
        </div>
      </div>
    </div>
    <span class="th-hidden" role="status">{{ said }}</span>
    <div class="th-check-result" :id="describedby" role="status">
      <template v-if="check && text.trim()">
        <p v-if="check.error" class="th-error">
          <icon name="warn" /><span
            ><b v-if="check.column">Column {{ check.column }}: </b><words :text="check.error"
          /></span>
        </p>
        <p v-for="warning in check.warnings" :key="warning" class="th-warning">
          <icon name="warn" /><words :text="warning" />
        </p>
        <p v-if="!check.error && !check.warnings.length" class="th-fine"><icon name="yes" /><span>OK</span></p>
      </template>
    </div>
    <div v-if="!disabled && examples.length" class="th-suggestions">
      <span class="th-suggestions-label">Examples</span>
      <button
        v-for="example in examples"
        :key="example"
        type="button"
        class="th-suggestion"
        :aria-label="'Insert ' + example"
        @click="insertExample(example)"
      >
        <code>{{ example }}</code>
      </button>
    </div>
    <details v-if="fields.length" class="th-details">
      <summary><icon name="down" />Fields of this event <span class="th-tally">{{ fields.length }}</span></summary>
      <ul class="th-field-list">
        <li v-for="field in fields" :key="field.name">
          <button
            type="button"
            class="th-field-name"
            :disabled="disabled"
            :aria-label="'Insert ' + field.name"
            @click="insertField(field.written)"
          >
            <code>{{ field.name }}</code>
          </button>
          <span class="th-field-type">{{ field.note }}</span>
          <span class="th-field-meaning"
            >{{ field.meaning }}<template v-if="field.one_of && field.one_of.length"
              >:
              <template v-for="(value, i) in field.one_of" :key="value"
                ><template v-if="i">, </template><code>{{ value }}</code></template
              ></template
            ></span
          >
        </li>
      </ul>
    </details>
  </div>`,
};
