// Weekdays, times and a time zone. The browser knows its own zone, and the names of all zones.
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const zones = () => (Intl.supportedValuesOf ? [...Intl.supportedValuesOf("timeZone"), "UTC"] : []);

export default {
  props: ["initial", "days", "disabled", "describedby", "wrong"],
  emits: ["change", "leave"],
  data() {
    const usual = {
      days: this.days.slice(0, 5).map((day) => day.value),
      opens: "09:00",
      closes: "17:00",
      zone: here(),
      contact_zone: false,
    };
    return { hours: { ...usual, ...this.initial }, zones: zones(), list: `th-zones-${this.$.uid}` };
  },
  methods: {
    tell() {
      const chosen = this.days.map((day) => day.value).filter((day) => this.hours.days.includes(day));
      this.$emit("change", { ...this.hours, days: chosen, zone: this.hours.zone.trim() });
    },
    isWrong(place) {
      return (this.wrong ?? []).includes(place);
    },
  },
  template: /* HTML */ ` <div class="th-hours" @focusout="$emit('leave')">
    <div class="th-days" role="group" aria-label="Days" :aria-describedby="describedby">
      <label v-for="day in days" :key="day.value" :class="{ 'is-on': hours.days.includes(day.value) }"
        ><input type="checkbox" v-model="hours.days" :value="day.value" :disabled="disabled" @change="tell" />{{
        day.label }}</label
      >
    </div>
    <div class="th-hours-row">
      <label
        ><span class="th-label">From</span
        ><input
          class="th-input"
          type="time"
          v-model="hours.opens"
          :disabled="disabled"
          :aria-invalid="String(isWrong('opens'))"
          :aria-describedby="describedby"
          @input="tell"
      /></label>
      <label
        ><span class="th-label">To</span
        ><input
          class="th-input"
          type="time"
          v-model="hours.closes"
          :disabled="disabled"
          :aria-invalid="String(isWrong('closes'))"
          :aria-describedby="describedby"
          @input="tell"
      /></label>
      <label class="is-wide"
        ><span class="th-label">Time zone</span
        ><input
          class="th-input"
          v-model="hours.zone"
          :list="list"
          autocomplete="off"
          spellcheck="false"
          placeholder="Europe/Berlin"
          :disabled="disabled"
          :aria-invalid="String(isWrong('zone'))"
          :aria-describedby="describedby"
          @input="tell"
      /></label>
      <datalist :id="list"><option v-for="zone in zones" :key="zone" :value="zone"></option></datalist>
    </div>
    <label class="th-checked"
      ><input type="checkbox" v-model="hours.contact_zone" :disabled="disabled" @change="tell" /><span
        >By the contact's own clock<small>Where the event's timezone names a zone; else by the zone above.</small></span
      ></label
    >
  </div>`,
};
