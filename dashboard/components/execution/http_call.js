import { Icon, Json, copyText } from "th-shared";

// A request as it goes out, or a response as it came: its first line, its headers, its body.
export default {
  components: { Icon, Json },
  props: ["title", "lead", "line", "note", "headers", "body", "empty", "tone", "curl"],
  data: () => ({ said: {} }),
  methods: {
    async copy(what, text) {
      this.said = { [what]: (await copyText(text)) ? "Copied" : "Not copied" };
      setTimeout(() => (this.said = {}), 1500);
    },
  },
  template: /* HTML */ ` <section class="ti-call">
    <h4 class="ti-call-title">
      {{ title }}<span v-if="note" class="ti-note">{{ note }}</span>
      <button v-if="curl" type="button" class="ti-copy-curl" @click="copy('curl', curl)">
        <span aria-live="polite">{{ said.curl || 'Copy as cURL' }}</span>
      </button>
    </h4>
    <div class="ti-call-box">
      <p class="ti-call-line">
        <span class="ti-call-lead" :class="tone && 'is-' + tone">{{ lead }}</span><code>{{ line }}</code>
      </p>
      <details class="ti-fold ti-call-headers">
        <summary><icon name="down" />Headers <span class="ti-count">{{ headers.length }}</span></summary>
        <dl>
          <div v-for="[name, value] in headers" :key="name">
            <dt>{{ name }}</dt>
            <dd>{{ value }}</dd>
          </div>
        </dl>
      </details>
      <div v-if="body" class="ti-call-body" tabindex="0" role="region" :aria-label="title + ': body'">
        <button type="button" class="ti-copy" @click="copy('body', body)">
          <span aria-live="polite">{{ said.body || 'Copy' }}</span>
        </button>
        <json :text="body" />
      </div>
      <p v-else class="ti-hint ti-call-empty">{{ empty }}</p>
    </div>
  </section>`,
};
