import { Icon, Stamp, agoOf, debounced, isKey, keepInAddress } from "th-shared";

const COLUMNS = [
  { name: "id", label: "#", kind: "is-id" },
  { name: "enabled", label: "Status", kind: "is-status" },
  { name: "title", label: "Title", kind: "is-title" },
  { name: "trigger", label: "Trigger When", kind: "is-trigger" },
  { name: "type", label: "Type", kind: "is-type" },
  { name: "hits", label: "Hits", kind: "is-hits" },
  { name: "last_hit_at", label: "Last hit", kind: "is-last" },
  { name: "updated_at", label: "Updated At", kind: "is-stamp" },
  { name: "created_at", label: "Created At", kind: "is-stamp" },
];

export default {
  components: { Icon, Stamp },
  props: ["initial", "triggers", "types", "canManage"],
  emits: ["query", "act"],
  data() {
    return { ...this.initial, columns: COLUMNS, now: Date.now(), pending: {} };
  },
  computed: {
    from() {
      return this.total ? (this.query.page - 1) * this.query.size + 1 : 0;
    },
    to() {
      return Math.min(this.query.page * this.query.size, this.total);
    },
    pages() {
      return Math.max(1, Math.ceil(this.total / this.query.size));
    },
    narrowed() {
      return Boolean(this.query.q || this.query.trigger || this.query.type || this.query.status);
    },
    count() {
      const noun = this.total === 1 ? "hook" : "hooks";
      return this.narrowed
        ? `${this.total} of ${this.all} ${this.all === 1 ? "hook" : "hooks"}`
        : `${this.total} ${noun}`;
    },
  },
  created() {
    this.askSoon = debounced(() => this.ask({ page: 1 }), 200);
  },
  mounted() {
    this.clock = setInterval(() => (this.now = Date.now()), 5000);
    document.addEventListener("keydown", this.onKey);
  },
  beforeUnmount() {
    clearInterval(this.clock);
    document.removeEventListener("keydown", this.onKey);
  },
  methods: {
    agoOf,
    onSearch() {
      this.askSoon();
    },
    // The browser owns the query: an update may arrive while someone types. Only the page number follows the server.
    show({ query, ...view }) {
      Object.assign(this, view);
      if (this.query.page > this.pages) this.query.page = query.page;
      this.pending = {};
    },
    // What was typed is in the URL as the server has sealed it.
    keep(search) {
      keepInAddress({ search });
    },
    ask(changes) {
      Object.assign(this.query, changes);
      const q = this.query;
      const first = { trigger: q.trigger, type: q.type, status: q.status };
      const rest = {
        sort: q.sort === "id" && !q.down ? "" : (q.down ? "-" : "") + q.sort,
        page: q.page > 1 ? q.page : "",
        size: q.size === 25 ? "" : q.size,
      };
      keepInAddress({ ...first, ...rest });
      this.$emit("query", { ...q });
    },
    sortBy(name) {
      this.ask({ sort: name, down: this.query.sort === name ? !this.query.down : /_at$|hits/.test(name), page: 1 });
    },
    sorted(name) {
      if (this.query.sort !== name) return "none";
      return this.query.down ? "descending" : "ascending";
    },
    clear() {
      this.ask({ q: "", trigger: "", type: "", status: "", page: 1 });
    },
    act(name, row, value) {
      this.$emit("act", { name, id: row.id, value });
    },
    toggle(row) {
      this.pending[row.id] = !row.enabled;
      this.act("enable", row, !row.enabled);
    },
    isOn(row) {
      return this.pending[row.id] ?? row.enabled;
    },
    day(row) {
      if (!row.succeeded && !row.failed) return "Nothing in the last 24 hours";
      return `Last 24 hours: ${row.succeeded} delivered, ${row.failed} failed`;
    },
    share(row) {
      return `${(100 * row.failed) / (row.succeeded + row.failed)}%`;
    },
    onKey(event) {
      if (!isKey(event)) return;
      if (event.key === "/") {
        event.preventDefault();
        this.$refs.search.focus();
      } else if (event.key === "n" && this.canManage) {
        event.preventDefault();
        this.$emit("act", { name: "add" });
      }
    },
  },
  template: /* HTML */ ` <section class="th-card th-hooks" aria-label="Hooks">
    <div class="th-tools" role="search">
      <label class="th-search"
        ><icon name="search" /><span class="th-hidden">Search hooks</span>
        <input
          ref="search"
          type="search"
          v-model="query.q"
          @input="onSearch"
          placeholder="Search hooks"
          aria-keyshortcuts="/"
        /><kbd aria-hidden="true">/</kbd></label
      >
      <select aria-label="Trigger" v-model="query.trigger" @change="ask({ page: 1 })">
        <option value="">Any trigger</option>
        <optgroup v-for="group in triggers" :key="group.label" :label="group.label">
          <option v-for="one in group.types" :key="one.value" :value="one.value">{{ one.label }}</option>
        </optgroup>
      </select>
      <select aria-label="Type" v-model="query.type" @change="ask({ page: 1 })">
        <option value="">Any type</option>
        <option v-for="one in types" :key="one.value" :value="one.value">{{ one.label }}</option>
      </select>
      <select aria-label="Status" v-model="query.status" @change="ask({ page: 1 })">
        <option value="">Any status</option>
        <option value="enabled">Enabled</option>
        <option value="shadow">Shadow</option>
        <option value="disabled">Disabled</option>
      </select>
      <span class="th-count" role="status">{{ count }}</span>
    </div>
    <div v-if="!rows.length" class="th-empty">
      <p v-if="narrowed">No hook matches.</p>
      <p v-else>No hooks yet.{{ canManage ? " “Add New Hook” makes the first." : "" }}</p>
      <button v-if="narrowed" type="button" class="th-button" @click="clear">Clear filters</button>
    </div>
    <table v-else class="th-table">
      <thead>
        <tr>
          <th
            v-for="column in columns"
            :key="column.name"
            scope="col"
            :class="column.kind"
            :aria-sort="sorted(column.name)"
          >
            <button
              type="button"
              class="th-sort"
              :class="{ 'is-on': query.sort === column.name }"
              @click="sortBy(column.name)"
            >
              {{ column.label }}<icon :name="query.sort !== column.name ? 'sort' : query.down ? 'down' : 'up'" />
            </button>
          </th>
          <th scope="col" class="is-actions">Action</th>
        </tr>
      </thead>
      <tbody>
        <tr v-for="row in rows" :key="row.id" :class="{ 'is-off': !isOn(row) }" data-testid="hook-row">
          <td class="is-id">{{ row.id }}</td>
          <td class="is-status" data-label="Status">
            <button
              type="button"
              class="th-switch"
              role="switch"
              :aria-checked="String(isOn(row))"
              :aria-label="'Enabled: ' + row.title"
              :disabled="!canManage"
              @click="toggle(row)"
            >
              <span></span>
            </button>
            <div v-if="row.shadow" class="th-shadow">
              <span class="th-chip is-shadowed" title="Records what it would send; sends nothing"
                ><icon name="shadowed" />Shadow</span
              >
              <button
                v-if="canManage && isOn(row)"
                type="button"
                class="th-promote"
                :aria-label="'Promote ' + row.title + ': send from now on'"
                title="Out of shadow: send from now on"
                @click="act('promote', row)"
              >
                Promote
              </button>
            </div>
            <div v-if="row.parked" class="th-shadow">
              <a
                class="th-chip is-parked"
                :href="'/executions?hook_id=' + row.id + '&status=parked'"
                title="Too many were waiting: these are kept until someone sends them"
                ><icon name="parked" />{{ row.parked }} parked</a
              >
              <button
                v-if="canManage && isOn(row)"
                type="button"
                class="th-promote"
                :aria-label="'Send the parked executions of ' + row.title"
                title="A few at a time, in the background"
                @click="act('unpark', row)"
              >
                Send
              </button>
            </div>
          </td>
          <td class="is-title">
            <button type="button" class="th-title" @click="act('edit', row)">{{ row.title }}</button
            ><span class="th-rule" :title="row.rule"
              ><span
                v-if="row.limits"
                class="th-limits"
                role="img"
                :aria-label="'Limits: ' + row.limits"
                :title="'Limits: ' + row.limits"
                ><icon name="limits" /></span
              ><b v-if="row.expired" class="th-expired">Expired. </b>{{ row.rule }}</span
            >
          </td>
          <td class="is-trigger" data-label="Trigger When">
            {{ row.trigger }}<small class="th-fold is-type-fold">{{ row.type }}</small>
          </td>
          <td class="is-type" data-label="Type">{{ row.type }}</td>
          <td class="is-hits" data-label="Hits">
            <span class="th-number">{{ row.hits.toLocaleString() }}</span>
            <span class="th-day" role="img" :aria-label="day(row)" :title="day(row)"
              ><span v-if="row.succeeded || row.failed" class="th-day-good"
                ><span class="th-day-bad" :style="{ width: share(row) }"></span></span
            ></span>
            <small class="th-fold is-last-fold"
              ><time v-if="row.last_hit_at" :datetime="row.last_hit_at" :title="row.last_hit_at"
                >{{ agoOf(row.last_hit_at, now) }}</time
              ><template v-else>never</template></small
            >
          </td>
          <td class="is-last" data-label="Last hit">
            <time v-if="row.last_hit_at" :datetime="row.last_hit_at" :title="row.last_hit_at"
              >{{ agoOf(row.last_hit_at, now) }}</time
            ><span v-else class="th-muted">never</span>
          </td>
          <td class="is-stamp" data-label="Updated At"><stamp :at="row.updated_at" /></td>
          <td class="is-stamp" data-label="Created At"><stamp :at="row.created_at" /></td>
          <td class="is-actions">
            <div class="th-actions">
              <button
                type="button"
                class="th-icon-button"
                @click="act('edit', row)"
                :aria-label="(canManage ? 'Edit ' : 'Show ') + row.title"
                :title="canManage ? 'Edit' : 'Show'"
              >
                <icon name="edit" />
              </button>
              <button
                v-if="canManage"
                type="button"
                class="th-icon-button"
                @click="act('delete', row)"
                :aria-label="'Delete ' + row.title"
                title="Delete"
              >
                <icon name="delete" />
              </button>
              <button
                v-if="canManage"
                type="button"
                class="th-icon-button"
                @click="act('duplicate', row)"
                :aria-label="'Duplicate ' + row.title"
                title="Duplicate"
              >
                <icon name="duplicate" />
              </button>
              <button
                type="button"
                class="th-icon-button"
                @click="act('test', row)"
                :aria-label="'Test ' + row.title"
                title="Test"
              >
                <icon name="test" />
              </button>
            </div>
          </td>
        </tr>
      </tbody>
    </table>
    <div v-if="all > 10" class="th-pager">
      <label
        >Rows
        <select v-model.number="query.size" @change="ask({ page: 1 })">
          <option v-for="size in [10, 25, 50, 100]" :key="size" :value="size">{{ size }}</option>
        </select></label
      >
      <span>{{ from }}–{{ to }} of {{ total }}</span>
      <button
        type="button"
        class="th-icon-button"
        aria-label="Page before"
        :disabled="query.page <= 1"
        @click="ask({ page: query.page - 1 })"
      >
        <icon name="left" />
      </button>
      <button
        type="button"
        class="th-icon-button"
        aria-label="Next page"
        :disabled="query.page >= pages"
        @click="ask({ page: query.page + 1 })"
      >
        <icon name="right" />
      </button>
    </div>
  </section>`,
};
