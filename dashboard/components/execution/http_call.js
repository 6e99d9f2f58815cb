import { Icon, Json, copyText } from "th-shared";

// A request as sent, or a response as received: first line, headers, body.
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
  template: /* HTML */ ` <section class="th-call">
    <h4 class="th-call-title">
      {{ title }}<span v-if="note" class="th-aside">{{ note }}</span>
      <button v-if="curl" type="button" class="th-copy" @click="copy('curl', curl)">
        <span aria-live="polite">{{ said.curl || 'Copy as cURL' }}</span>
      </button>
    </h4>
    <div class="th-call-box">
      <p class="th-call-line">
        <span class="th-call-lead" :class="tone && 'is-' + tone">{{ lead }}</span><code>{{ line }}</code>
      </p>
      <details class="th-details th-call-headers">
        <summary><icon name="down" />Headers <span class="th-tally">{{ headers.length }}</span></summary>
        <dl>
          <div v-for="[name, value] in headers" :key="name">
            <dt>{{ name }}</dt>
            <dd>{{ value }}</dd>
          </div>
        </dl>
      </details>
      <div v-if="body" class="th-call-body" tabindex="0" role="region" :aria-label="title + ': body'">
        <button type="button" class="th-copy" @click="copy('body', body)">
          <span aria-live="polite">{{ said.body || 'Copy' }}</span>
        </button>
        <json :text="body" />
      </div>
      <p v-else class="th-hint th-call-empty">{{ empty }}</p>
    </div>
  </section>`,
};
