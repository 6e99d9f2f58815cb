// Formatted text: code between backticks, and JSON.

// "no field `sentiment` in this event", with sentiment rendered as code.
export const Words = {
  props: { text: { type: String, default: "" } },
  computed: {
    parts() {
      return this.text.split(/`([^`]*)`/);
    },
  },
  template: /* HTML */ `<span
    ><template v-for="(part, i) in parts" :key="i"
      ><code v-if="i % 2">{{ part }}</code><template v-else>{{ part }}</template></template
    ></span
  >`,
};

const JSON_TOKENS = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\b\d[\d.eE+-]*)|\b(true|false|null)\b/g;

// Highlighted JSON; invalid JSON stays plain text.
export const Json = {
  props: { text: { type: String, default: "" } },
  computed: {
    pieces() {
      const pieces = [];
      let at = 0;
      for (const match of this.text.matchAll(JSON_TOKENS)) {
        if (match.index > at) pieces.push({ text: this.text.slice(at, match.index) });
        if (match[1]) pieces.push({ text: match[1], kind: match[2] ? "name" : "text" }, { text: match[2] || "" });
        else pieces.push({ text: match[0], kind: "number" });
        at = match.index + match[0].length;
      }
      pieces.push({ text: this.text.slice(at) });
      return pieces;
    },
  },
  methods: {
    classOf: ({ kind }) => kind && `th-tok-${kind}`,
  },
  template: /* HTML */ `<pre
    class="th-json-pre"
  ><span v-for="(piece, i) in pieces" :key="i" :class="classOf(piece)">{{ piece.text }}</span></pre>`,
};
