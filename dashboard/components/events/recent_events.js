import { Icon, Stamp, debounced } from "th-shared";

// Stored events to choose from. The server searches; responses to an outdated search are ignored.
export default {
  components: { Icon, Stamp },
  props: ["event"],
  emits: ["search", "take"],
  data: () => ({ rows: null, more: false, problem: "", text: "", asked: 0, chosen: "" }),
  created() {
    this.askSoon = debounced(() => this.ask(), 250);
  },
  mounted() {
    this.ask();
  },
  methods: {
    ask() {
      this.asked += 1;
      this.$emit("search", { number: this.asked, text: this.text });
    },
    show(number, view) {
      if (number === this.asked) Object.assign(this, view);
    },
    take(row) {
      this.chosen = row.id;
      this.$emit("take", row.id);
    },
  },
  template: /* HTML */ ` <div class="th-recent">
    <div class="th-recent-search">
      <icon name="search" /><input
        type="search"
        class="th-input"
        v-model="text"
        @input="askSoon"
        @keydown.enter.prevent="ask"
        :aria-label="'Search ' + event + ' events'"
        placeholder="Search by any value, such as a name or a number"
      />
    </div>
    <ul v-if="rows && rows.length" aria-label="Recent events">
      <li v-for="row in rows" :key="row.id">
        <button type="button" :aria-pressed="String(row.id === chosen)" :title="row.id" @click="take(row)">
          <span class="th-recent-main"><b>{{ row.about || row.id }}</b><small>{{ row.telling }}</small></span>
          <span class="th-recent-side"><stamp :at="row.at" /><small>{{ row.role }}</small></span>
        </button>
      </li>
    </ul>
    <p class="th-hint" role="status">
      <template v-if="problem">{{ problem }}</template>
      <template v-else-if="!rows">Looking for events…</template>
      <template v-else-if="!rows.length"
        >{{ text ? "No stored event matches." : "No " + event + " event is stored yet." }}</template
      >
      <template v-else-if="more">The newest {{ rows.length }}. Search to find older ones.</template>
    </p>
  </div>`,
};
