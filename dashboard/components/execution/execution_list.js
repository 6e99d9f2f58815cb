import { Icon, Stamp, keepInAddress } from "th-shared";

const WORDS = {
  pending: "Waiting",
  running: "Running",
  succeeded: "Delivered",
  retrying: "Retrying",
  failed: "Failed",
  cancelled: "Cancelled",
  shadowed: "Shadow",
  held: "Held",
  skipped: "Skipped",
  parked: "Parked",
};

export default {
  components: { Icon, Stamp },
  props: ["initial", "hooks", "types"],
  emits: ["query", "more"],
  data() {
    return { ...this.initial, words: WORDS, busy: false, typed: this.initial.query.q };
  },
  computed: {
    narrowed() {
      return Object.values(this.query).some((value) => value !== "");
    },
  },
  methods: {
    // Responses to an outdated search are ignored.
    isLate(view) {
      return Object.keys(this.query).some((name) => view.query[name] !== this.query[name]);
    },
    show(view) {
      if (this.isLate(view)) return;
      this.busy = false;
      Object.assign(this, view);
    },
    append(view) {
      if (this.isLate(view)) return;
      this.busy = false;
      this.rows = this.rows.concat(view.rows);
      this.next = view.next;
    },
    // What was typed is in the URL as the server has sealed it.
    keep(search) {
      keepInAddress({ search });
    },
    ask() {
      keepInAddress({ ...this.query, q: "", hook_id: "" });
      this.busy = true;
      this.$emit("query", { ...this.query });
    },
    search() {
      if (this.typed === this.query.q) return;
      this.query.q = this.typed;
      this.ask();
    },
    clear() {
      this.typed = "";
      for (const name in this.query) this.query[name] = "";
      this.ask();
    },
    more() {
      this.busy = true;
      this.$emit("more", { ...this.query, cursor: this.next });
    },
  },
  template: /* HTML */ ` <section class="th-card" aria-label="Executions">
    <div class="th-tools" role="search">
      <label class="th-search"
        ><icon name="search" /><span class="th-hidden">Text in the event</span>
        <input
          type="search"
          v-model="typed"
          placeholder="A name, a number, any text"
          @change="search"
          @search="search"
          @keydown.enter="search"
      /></label>
      <select aria-label="Hook" v-model="query.hook" @change="ask">
        <option value="">Any hook</option>
        <option v-for="one in hooks" :key="one.value" :value="one.value">{{ one.label }}</option>
      </select>
      <select aria-label="Status" v-model="query.status" @change="ask">
        <option value="">Any status</option>
        <option v-for="(word, name) in words" :key="name" :value="name">{{ word }}</option>
      </select>
      <select aria-label="Type" v-model="query.type" @change="ask">
        <option value="">Any type</option>
        <option v-for="one in types" :key="one.value" :value="one.value">{{ one.label }}</option>
      </select>
      <select aria-label="Tests" v-model="query.test" @change="ask">
        <option value="">Tests too</option>
        <option value="no">Without tests</option>
        <option value="yes">Tests alone</option>
      </select>
      <button type="button" class="th-button is-small" @click="ask" :disabled="busy">Refresh</button>
    </div>
    <div v-if="!rows.length" class="th-empty">
      <p>{{ narrowed ? "No execution matches." : "No runs yet. Once an event fires a hook, it appears here." }}</p>
      <button v-if="narrowed" type="button" class="th-button" @click="clear">Clear filters</button>
    </div>
    <table v-else class="th-table th-runs">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Hook</th>
          <th scope="col">Event</th>
          <th scope="col">About</th>
          <th scope="col" class="is-hits">Code</th>
          <th scope="col" class="is-hits">Latency</th>
          <th scope="col" class="is-hits">Tries</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        <tr v-for="row in rows" :key="row.id" :class="'is-' + row.status">
          <td>
            <a class="th-run-link" :href="'/executions/' + row.id"
              ><span class="th-chip" :class="'is-' + row.status"
                ><icon :name="row.status" />{{ words[row.status] }}</span
              ></a
            >{{ " " }}
            <span v-if="row.test" class="th-badge">Test</span>
          </td>
          <td data-label="Hook"><a :href="'/executions/' + row.id">{{ row.hook }}</a></td>
          <td data-label="Event">{{ row.event }}</td>
          <td data-label="About">
            {{ row.about }}<small v-if="row.reason" class="th-run-reason">{{ row.reason }}</small>
          </td>
          <td data-label="Code" class="is-hits">
            <span v-if="row.code">{{ row.code }}</span><span v-else-if="row.error">{{ row.error }}</span>
          </td>
          <td data-label="Latency" class="is-hits"><span v-if="row.ms !== null">{{ row.ms }} ms</span></td>
          <td data-label="Tries" class="is-hits">
            {{ ['shadowed', 'held', 'skipped', 'parked'].includes(row.status) ? '' : row.attempt }}
          </td>
          <td data-label="Time" class="is-stamp"><stamp :at="row.at" /></td>
        </tr>
      </tbody>
    </table>
    <div v-if="next" class="th-pager">
      <button type="button" class="th-button" :disabled="busy" @click="more">Load older</button>
    </div>
  </section>`,
};
