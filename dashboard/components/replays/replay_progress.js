import { Icon, Stamp } from "th-shared";

export default {
  components: { Icon, Stamp },
  props: ["initial", "canStop"],
  emits: ["stop"],
  data() {
    return { rows: this.initial.slice(), stopping: [] };
  },
  computed: {
    running() {
      return this.rows.filter((row) => row.state === "running");
    },
    ended() {
      return this.rows.filter((row) => row.state !== "running");
    },
  },
  methods: {
    // A replay that has ended stays ended, whatever arrives late.
    put(batch) {
      for (const row of batch) {
        const at = this.rows.findIndex((one) => one.id === row.id);
        if (at < 0) this.rows.unshift(row);
        else if (this.rows[at].state === "running") this.rows[at] = row;
      }
    },
    // Ignores replays that ended before they were shown here.
    reset(rows) {
      this.stopping = [];
      this.put(rows.filter((row) => row.state === "running" || this.rows.some((one) => one.id === row.id)).reverse());
    },
    stop(row) {
      this.stopping.push(row.id);
      this.$emit("stop", row.id);
    },
    // After a refusal, the user can try again.
    release(id) {
      this.stopping = this.stopping.filter((one) => one !== id);
    },
    dismiss(row) {
      this.rows = this.rows.filter((one) => one !== row);
    },
    through(row) {
      return Math.min(row.total, row.done + row.left_out);
    },
    share(row) {
      return row.total ? Math.floor((100 * this.through(row)) / row.total) : 100;
    },
    words(row) {
      const left = row.left_out ? `, ${row.left_out.toLocaleString()} left out` : "";
      const of = row.state === "stopped" ? ` of ${row.total.toLocaleString()}` : "";
      return `${row.word}: ${row.done.toLocaleString()} run${left}${of}`;
    },
  },
  template: /* HTML */ ` <section class="th-replays" aria-label="Replays">
    <article
      v-for="row in running"
      :key="row.id"
      class="th-card th-replay-card"
      :aria-labelledby="'th-replay-' + row.id"
      data-testid="replay"
    >
      <div class="th-replay-head">
        <div>
          <h2 :id="'th-replay-' + row.id">Replaying</h2>
          <p>
            {{ row.what }}<template v-if="row.from">, from <stamp :at="row.from" /></template
            ><template v-if="row.to">, to <stamp :at="row.to" /></template>
          </p>
          <p class="th-muted">Begun by {{ row.by }}, <stamp :at="row.at" /></p>
        </div>
        <button
          v-if="canStop"
          type="button"
          class="th-button is-small"
          :disabled="stopping.includes(row.id)"
          @click="stop(row)"
        >
          {{ stopping.includes(row.id) ? "Stopping…" : "Stop" }}
        </button>
      </div>
      <div
        class="th-replay-bar"
        role="progressbar"
        aria-valuemin="0"
        :aria-valuemax="row.total"
        :aria-valuenow="through(row)"
        :aria-valuetext="through(row) + ' of ' + row.total"
        :aria-labelledby="'th-replay-' + row.id"
      >
        <span :style="{ width: share(row) + '%' }"></span>
      </div>
      <p class="th-replay-count">
        <b>{{ through(row).toLocaleString() }}</b> of {{ row.total.toLocaleString() }}<template v-if="row.left_out"
          >, {{ row.left_out.toLocaleString() }} of them left out</template
        ><span>{{ share(row) }} %</span>
      </p>
    </article>
    <div role="status">
      <div
        v-for="row in ended"
        :key="row.id"
        class="th-card th-replay-end"
        :class="'is-' + row.state"
        data-testid="replay-end"
      >
        <span class="th-run-mark"><icon :name="row.state === 'done' ? 'succeeded' : 'cancelled'" /></span>
        <p>
          <b>{{ words(row) }}.</b>{{ " " }}
          <span class="th-muted"
            >{{ row.what }}<template v-if="row.from">, from <stamp :at="row.from" /></template
            ><template v-if="row.to">, to <stamp :at="row.to" /></template>.</span
          >
        </p>
        <button
          type="button"
          class="th-icon-button"
          :aria-label="'Dismiss: ' + words(row)"
          title="Dismiss"
          @click="dismiss(row)"
        >
          <icon name="failed" />
        </button>
      </div>
    </div>
  </section>`,
};
