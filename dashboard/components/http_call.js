import { Icon, Json } from "th-parts";

// A request as it goes out, or a response as it came: its first line, its headers, its body.
export default {
  components: { Icon, Json },
  props: ["title", "lead", "line", "note", "headers", "body", "empty", "tone"],
  data: () => ({ copied: false }),
  methods: {
    async copy() {
      await navigator.clipboard.writeText(this.body);
      this.copied = true;
      setTimeout(() => (this.copied = false), 1500);
    },
  },
  template: `
    <section class="ti-call">
      <h4 class="ti-call-title">{{ title }}<span v-if="note" class="ti-note">{{ note }}</span></h4>
      <div class="ti-call-box">
        <p class="ti-call-line"><span class="ti-call-lead" :class="tone && 'is-' + tone">{{ lead }}</span><code>{{ line }}</code></p>
        <details class="ti-fold ti-call-headers">
          <summary><icon name="down" />Headers <span class="ti-count">{{ headers.length }}</span></summary>
          <dl><div v-for="[name, value] in headers" :key="name"><dt>{{ name }}</dt><dd>{{ value }}</dd></div></dl>
        </details>
        <div v-if="body" class="ti-call-body" tabindex="0" role="region" :aria-label="title + ': body'">
          <button type="button" class="ti-copy" @click="copy">{{ copied ? 'Copied' : 'Copy' }}</button>
          <json :text="body" />
        </div>
        <p v-else class="ti-hint ti-call-empty">{{ empty }}</p>
      </div>
    </section>`,
};
