// A schedule editor, in plain words or as cron. The server reports the next runs.
const KINDS = {
  minutes: "Every so many minutes",
  hours: "Every so many hours",
  daily: "Every day",
  weekdays: "Every weekday",
  weekly: "On days of the week",
  cron: "By cron",
};
const DAYS = [
  ["1", "Mon"],
  ["2", "Tue"],
  ["3", "Wed"],
  ["4", "Thu"],
  ["5", "Fri"],
  ["6", "Sat"],
  ["0", "Sun"],
];
const PLAIN = /^(\d{1,2}) (\d{1,2}) \* \* (\*|1-5|[0-6](?:,[0-6])*)$/;
const two = (number) => String(number).padStart(2, "0");

const formOf = (schedule) => {
  const zone = schedule?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  const form = { kind: "weekdays", every: 15, time: "09:00", days: ["1"], cron: "", zone };
  if (!schedule) return form;
  const every = schedule.every_minutes;
  if (every) return every % 60 ? { ...form, kind: "minutes", every } : { ...form, kind: "hours", every: every / 60 };
  const cron = (schedule.cron ?? "").trim().split(/\s+/).join(" ");
  const plain = PLAIN.exec(cron);
  if (!plain) return { ...form, kind: "cron", cron: schedule.cron ?? "" };
  const [, minute, hour, days] = plain;
  const kind = { "*": "daily", "1-5": "weekdays" }[days] ?? "weekly";
  return {
    ...form,
    kind,
    time: `${two(hour)}:${two(minute)}`,
    days: kind === "weekly" ? days.split(",") : form.days,
    cron,
  };
};

export default {
  props: ["initial", "disabled", "describedby"],
  emits: ["change", "look"],
  data() {
    return {
      form: formOf(this.initial),
      kinds: KINDS,
      week: DAYS,
      zones: Intl.supportedValuesOf?.("timeZone") ?? [],
      view: { words: "", times: [] },
    };
  },
  mounted() {
    this.$emit(this.initial ? "look" : "change", this.value);
  },
  computed: {
    // In the API's format.
    value() {
      const { kind, every, time, days, cron, zone } = this.form;
      if (kind === "minutes" || kind === "hours")
        return { every_minutes: Math.round(Number(every) * (kind === "hours" ? 60 : 1)) || 0, timezone: zone };
      if (kind === "cron") return { cron, timezone: zone };
      const [hour, minute] = (time || "00:00").split(":").map(Number);
      const on = { daily: "*", weekdays: "1-5" }[kind] ?? ([...days].sort().join(",") || "none");
      return { cron: `${minute} ${hour} * * ${on}`, timezone: zone };
    },
    timed() {
      return ["daily", "weekdays", "weekly"].includes(this.form.kind);
    },
  },
  methods: {
    // Cron starts with the equivalent of the plain words.
    turn() {
      if (this.form.kind === "cron") this.form.cron = this.before ?? "0 9 * * 1-5";
      else if (this.form.kind === "hours" && this.form.every > 24) this.form.every = 1;
      this.changed();
    },
    changed() {
      if (this.form.kind !== "cron") this.before = this.value.cron;
      this.$emit("change", this.value);
    },
    show(view) {
      this.view = view;
    },
  },
  template: /* HTML */ ` <div class="th-schedule" :aria-describedby="describedby">
    <div class="th-schedule-row">
      <label class="is-first"
        ><span>Runs</span
        ><select class="th-input" v-model="form.kind" :disabled="disabled" @change="turn">
          <option v-for="(words, kind) in kinds" :key="kind" :value="kind">{{ words }}</option>
        </select></label
      >
      <label v-if="form.kind === 'minutes' || form.kind === 'hours'" data-field="schedule.every_minutes"
        ><span>{{ form.kind === "hours" ? "Hours" : "Minutes" }}</span
        ><input
          class="th-input"
          type="number"
          min="1"
          :max="form.kind === 'hours' ? 744 : 44640"
          step="1"
          v-model="form.every"
          :readonly="disabled"
          @input="changed"
      /></label>
      <label v-if="timed"
        ><span>At</span
        ><input class="th-input" type="time" required v-model="form.time" :readonly="disabled" @input="changed"
      /></label>
      <label v-if="form.kind === 'cron'" class="is-mono" data-field="schedule.cron"
        ><span>Cron</span
        ><input
          class="th-input"
          v-model="form.cron"
          spellcheck="false"
          autocomplete="off"
          placeholder="0 9 * * 1-5"
          :readonly="disabled"
          @input="changed"
      /></label>
      <label data-field="schedule.timezone"
        ><span>Time zone</span
        ><input
          class="th-input"
          v-model="form.zone"
          :list="'th-zones-' + $.uid"
          spellcheck="false"
          autocomplete="off"
          :readonly="disabled"
          @input="changed" />
        <datalist :id="'th-zones-' + $.uid"><option v-for="zone in zones" :key="zone" :value="zone"></option></datalist
      ></label>
    </div>
    <fieldset v-if="form.kind === 'weekly'" class="th-days" :disabled="disabled">
      <legend class="th-hidden">Days of the week</legend>
      <label v-for="[day, name] in week" :key="day" :class="{ 'is-on': form.days.includes(day) }"
        ><input type="checkbox" :value="day" v-model="form.days" @change="changed" />{{ name }}</label
      >
    </fieldset>
    <div v-if="view.words" class="th-upcoming" role="status">
      <p><b>{{ view.words }}</b></p>
      <ol aria-label="The next five times">
        <li v-for="time in view.times" :key="time">{{ time }}</li>
      </ol>
    </div>
  </div>`,
};
