import { Icon, Stamp, Words } from "th-shared";

// What the server found for the draft. While it cannot tell, the figures of before stay, dimmed.
export default {
  components: { Icon, Stamp, Words },
  props: ["counts", "disabled", "most"],
  emits: ["count", "more", "why", "rename", "forget"],
  data: () => ({
    view: null,
    problem: "",
    waiting: false,
    count: 500,
    open: window.matchMedia("(min-width: 1100px)").matches,
  }),
  computed: {
    changes() {
      return this.view.before !== null && this.view.before !== undefined;
    },
    sum() {
      const { events, fires, label } = this.view;
      if (!events) return `No ${label} event is stored yet.`;
      return `Would fire for ${fires.toLocaleString("en")} of the last ${events.toLocaleString("en")} ${label} events.`;
    },
    lists() {
      const { gained, lost, near } = this.view;
      return [
        { name: "gained", title: "Fires now, did not before", ...gained },
        { name: "lost", title: "Fired before, no more", ...lost },
        { name: "near", title: "Missed by one part", ...near },
      ].filter((list) => list.count && (list.name === "near" || this.changes));
    },
    broken() {
      return this.view.cases.filter((one) => !one.holds).length;
    },
    // What is inside, for whom the fold is closed, and for who listens.
    alarms() {
      const { doubts } = this.view;
      const doubted =
        doubts.length &&
        (doubts.length === 1 ? "1 thing is worth a second look." : `${doubts.length} things are worth a second look.`);
      const broke = this.broken && (this.broken === 1 ? "1 case does not hold." : `${this.broken} cases do not hold.`);
      return [doubted, broke].filter(Boolean).join(" ");
    },
  },
  methods: {
    show(view) {
      this.problem = view.problem;
      this.waiting = false;
      if (!view.problem) this.view = view;
    },
    // It takes a while: the figures are those of before.
    wait() {
      this.waiting = true;
    },
    choose() {
      this.$emit("count", this.count);
    },
  },
  template: /* HTML */ ` <aside class="th-insight" aria-label="What it would have done">
    <details :open="open" @toggle="open = $event.target.open">
      <summary>
        <span class="th-form-section-title">What it would have done</span>
        <span class="th-insight-sum" role="status"
          ><words v-if="problem" :text="problem" /><template v-else-if="waiting || !view">Looking…</template>
          <template v-else
            >{{ sum }}
            <span v-if="alarms" class="th-insight-alarms" :class="{ 'th-hidden': open }">{{ alarms }}</span></template
          ></span
        >
      </summary>
      <div v-if="view" class="th-insight-inside" :class="{ 'is-old': problem || waiting }">
        <div class="th-insight-figures">
          <div><b>{{ view.fires.toLocaleString("en") }}</b><span>would fire</span></div>
          <div v-if="view.skipped" title="It would run more often than its limits let it">
            <b>{{ view.skipped.toLocaleString("en") }}</b><span>of them skipped by its limits</span>
          </div>
          <div v-if="changes"><b>{{ view.before.toLocaleString("en") }}</b><span>did before the edit</span></div>
          <div v-if="changes">
            <b
              ><span class="is-gained">+{{ view.gained.count.toLocaleString("en") }}</span>{{ " " }}
              <span class="is-lost">−{{ view.lost.count.toLocaleString("en") }}</span></b
            ><span>gained, lost</span>
          </div>
        </div>
        <label class="th-insight-count"
          >Held against the last
          <select v-model.number="count" @change="choose">
            <option v-for="one in counts" :key="one" :value="one">{{ one.toLocaleString("en") }}</option>
          </select>
          events</label
        >
        <p v-if="!view.events && view.type === 'schedule.due'" class="th-hint">
          From its first run on, this shows what its schedule brought. Until then, Test has a sample.
        </p>
        <p v-else-if="!view.events" class="th-hint">
          Post one to <code>/api/v1/events</code> with <code>"type": "{{ view.type }}"</code>: from then on this shows
          which events would have fired the hook. Until then, Test has a sample.
        </p>
        <section v-if="view.doubts.length" class="th-insight-part">
          <h4>Worth a second look</h4>
          <ul>
            <li v-for="doubt in view.doubts" :key="doubt.text" class="th-doubt">
              <icon name="warn" /><span
                ><words :text="doubt.text" />
                <button
                  v-if="doubt.rename && !disabled"
                  type="button"
                  class="th-insight-link"
                  @click="$emit('rename', doubt.rename)"
                >
                  Use {{ doubt.rename[1] }}
                </button></span
              >
            </li>
          </ul>
        </section>
        <section v-if="view.cases.length" class="th-insight-part">
          <h4>
            Cases
            <span :class="broken ? 'is-lost' : 'is-gained'"
              >{{ view.cases.length - broken }} of {{ view.cases.length }} hold</span
            >
          </h4>
          <ul>
            <li v-for="one in view.cases" :key="one.id" class="th-insight-case" :class="{ 'is-broken': !one.holds }">
              <icon :name="one.holds ? 'yes' : 'no'" />
              <span
                ><b>{{ one.name }}</b
                ><small v-if="one.holds">{{ one.fires ? "fires" : "does not fire" }}, as expected</small>
                <small v-else
                  >should {{ one.fires ? "fire and would not" : "not fire and would" }}<template v-if="one.fires"
                    >: <words :text="one.reason" /></template></small
              ></span>
              <button
                v-if="!disabled"
                type="button"
                class="th-remove"
                :aria-label="'Forget the case ' + one.name"
                :title="'Forget this case'"
                @click="$emit('forget', one.id)"
              >
                <icon name="remove" />
              </button>
            </li>
          </ul>
        </section>
        <section v-for="list in lists" :key="list.name" class="th-insight-part">
          <h4>{{ list.title }} <span class="th-tally">{{ list.count.toLocaleString("en") }}</span></h4>
          <ul>
            <li v-for="row in list.rows" :key="row.id" class="th-insight-item">
              <button type="button" class="th-insight-row" :title="'Why? ' + row.id" @click="$emit('why', row.id)">
                <span class="th-insight-about">{{ row.about }}</span><stamp :at="row.at" />
                <small v-if="row.part"
                  ><code>{{ row.part }}</code> <words :text="row.found" /><template v-if="row.away"
                    >, {{ row.away }} away</template
                  ></small
                >
              </button>
              <a
                class="th-insight-open"
                :href="row.href"
                target="_blank"
                rel="noopener"
                :aria-label="'Open the event ' + row.about + ' in a new tab'"
                title="Open the event in a new tab"
                ><icon name="open"
              /></a>
            </li>
            <li v-if="list.count > list.rows.length" class="th-hint">
              <template v-if="list.rows.length >= most"
                >and {{ (list.count - list.rows.length).toLocaleString("en") }} older ones</template
              >
              <button v-else type="button" class="th-insight-link" @click="$emit('more')">
                Show {{ Math.min(list.count, most) === list.count ? "all " + list.count : "the newest " + most }}
              </button>
            </li>
          </ul>
        </section>
        <section v-if="view.overlaps.length" class="th-insight-part">
          <h4>Others call this address</h4>
          <ul>
            <li v-for="one in view.overlaps" :key="one.id">
              #{{ one.id }} {{ one.title }}: of the events that either sends, both would send {{ one.share }} %.
            </li>
          </ul>
        </section>
      </div>
    </details>
  </aside>`,
};
