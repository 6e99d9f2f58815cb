import { Icon, clockOf, isKey } from "th-shared";

const MOST = 200;
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
  components: { Icon },
  props: ["initial"],
  data() {
    return {
      rows: this.initial.slice(0, MOST),
      held: [],
      paused: false,
      away: false,
      folded: 0,
      q: "",
      status: "",
      hook: "",
      type: "",
      online: true,
      said: "",
      words: WORDS,
    };
  },
  computed: {
    state() {
      if (!this.online) return "Reconnecting";
      return this.paused ? "Paused" : "Live";
    },
    hookNames() {
      return this.namesOf("hook");
    },
    typeNames() {
      return this.namesOf("type");
    },
    shown() {
      const text = this.q.trim().toLowerCase();
      return this.rows.filter(
        (row) =>
          (!this.status || row.status === this.status) &&
          (!this.hook || row.hook === this.hook) &&
          (!this.type || row.type === this.type) &&
          (!text ||
            `${row.hook} ${row.event} ${row.about} ${row.code ?? ""} ${row.error ?? row.reason}`
              .toLowerCase()
              .includes(text)),
      );
    },
    manyWaiting() {
      return this.waiting === MOST;
    },
    waiting() {
      const known = new Set(this.rows.map((row) => row.id));
      return this.held.filter((row) => !known.has(row.id)).length;
    },
  },
  mounted() {
    document.addEventListener("keydown", this.onKey);
    this.watch = setInterval(() => (this.online = window.socket?.connected !== false), 500);
    this.summary = setInterval(this.say, 5000);
    this.news = { count: 0, failed: 0 };
  },
  beforeUnmount() {
    document.removeEventListener("keydown", this.onKey);
    clearInterval(this.watch);
    clearInterval(this.summary);
  },
  methods: {
    clockOf,
    // A selected filter stays an option, even when its last row is gone.
    namesOf(column) {
      return [...new Set(this.rows.map((row) => row[column]).concat(this[column] || []))].sort();
    },
    clear() {
      this.q = this.status = this.hook = this.type = "";
    },
    // Rows arrive oldest first; a known row is updated in place.
    push(batch, folded) {
      this.folded += folded;
      this.news.count += batch.length;
      this.news.failed += batch.filter((row) => row.status === "failed").length;
      if (this.paused || this.away) this.held = this.merge(this.held, batch);
      else this.rows = this.merge(this.rows, batch);
    },
    // After a reconnect, known rows are kept, since the server remembers fewer than are shown here.
    reset(rows) {
      const batch = rows.slice().reverse();
      if (this.paused || this.away) this.held = this.merge(this.held, batch);
      else this.rows = this.merge(this.rows, batch);
    },
    merge(rows, batch) {
      const newer = new Map(batch.map((row) => [row.id, row]));
      const kept = rows.map((row) => {
        const update = newer.get(row.id);
        newer.delete(row.id);
        return update ?? row;
      });
      return [...[...newer.values()].reverse(), ...kept].slice(0, MOST);
    },
    release() {
      this.rows = this.merge(this.rows, this.held.slice().reverse());
      this.held = [];
    },
    pause() {
      this.paused = !this.paused;
      if (!this.paused) this.release();
    },
    toTop() {
      this.paused = false;
      this.away = false;
      this.release();
      this.$nextTick(() => (this.$refs.list.scrollTop = 0));
    },
    onScroll() {
      const away = this.$refs.list.scrollTop > 40;
      if (this.away && !away && !this.paused) this.release();
      this.away = away;
    },
    say() {
      if (!this.news.count) return;
      this.said = `${this.news.count} executions${this.news.failed ? `, ${this.news.failed} failed` : ""}`;
      this.news = { count: 0, failed: 0 };
    },
    onKey(event) {
      if (event.key === "p" && isKey(event)) this.pause();
    },
  },
  template: /* HTML */ ` <section class="th-card th-feed" aria-labelledby="th-feed-title" data-testid="feed">
    <div class="th-feed-head">
      <h2 id="th-feed-title">Live executions</h2>
      <span class="th-live" :class="'is-' + state.toLowerCase()"><span class="th-live-dot"></span>{{ state }}</span>
      <button
        type="button"
        class="th-icon-button"
        @click="pause"
        :aria-pressed="String(paused)"
        :aria-label="paused ? 'Resume' : 'Pause'"
        :title="(paused ? 'Resume' : 'Pause') + ' (p)'"
        aria-keyshortcuts="p"
      >
        <icon :name="paused ? 'test' : 'pause'" />
      </button>
    </div>
    <div class="th-feed-tools">
      <input type="search" v-model="q" aria-label="Search the feed" placeholder="Filter by text" />
      <select v-model="status" aria-label="Status">
        <option value="">Any status</option>
        <option v-for="(word, name) in words" :key="name" :value="name">{{ word }}</option>
      </select>
      <select v-model="hook" aria-label="Hook">
        <option value="">Any hook</option>
        <option v-for="name in hookNames" :key="name">{{ name }}</option>
      </select>
      <select v-model="type" aria-label="Type">
        <option value="">Any type</option>
        <option v-for="name in typeNames" :key="name">{{ name }}</option>
      </select>
    </div>
    <button v-if="waiting" type="button" class="th-pill" @click="toTop">
      {{ waiting }}{{ manyWaiting ? "+" : "" }} new – show
    </button>
    <div ref="list" class="th-feed-list" @scroll.passive="onScroll" tabindex="-1">
      <p v-if="!rows.length" class="th-empty">No runs yet. Once an event fires a hook, it appears here.</p>
      <div v-else-if="!shown.length" class="th-empty">
        <p>Nothing in the feed matches.</p>
        <button type="button" class="th-button is-small" @click="clear">Clear filters</button>
      </div>
      <a
        v-for="row in shown"
        :key="row.id"
        :href="'/executions/' + row.id"
        class="th-run"
        :class="'is-' + row.status"
        data-testid="feed-row"
      >
        <span class="th-run-mark"><icon :name="row.status" /></span>
        <span class="th-run-main"
          ><b>{{ row.hook }}</b><small>{{ row.event }}<template v-if="row.about"> · {{ row.about }}</template></small>
          <small v-if="row.reason" class="th-run-reason" :title="row.reason">{{ row.reason }}</small>
          <small v-if="row.error" class="th-run-error">{{ row.error }}</small></span
        >
        <span class="th-run-side"
          ><time :datetime="row.at" :title="row.at">{{ clockOf(row.at) }}</time>
          <small><span class="th-run-word">{{ words[row.status] }}</span>{{ row.code ? " " + row.code : "" }}</small>
          <small
            ><span v-if="row.test" class="th-badge">Test</span>{{ row.attempt > 1 ? " try " + row.attempt + " · " : " "
            }}<template v-if="row.ms !== null">{{ row.ms }} ms</template></small
          ></span
        >
      </a>
      <p v-if="folded" class="th-folded">
        {{ folded.toLocaleString() }} more came in bursts; all are under Executions.
      </p>
    </div>
    <span class="th-hidden" role="status">{{ said }}</span>
  </section>`,
};
