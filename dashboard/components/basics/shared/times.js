// Times in readable and editable formats.

const two = (number) => String(number).padStart(2, "0");

// "09-09-2025" and "10:27 AM", in the viewer's time zone.
export const dateOf = (iso) => {
  const at = new Date(iso);
  return `${two(at.getMonth() + 1)}-${two(at.getDate())}-${at.getFullYear()}`;
};
export const timeOf = (iso) => {
  const at = new Date(iso);
  return `${two(at.getHours() % 12 || 12)}:${two(at.getMinutes())} ${at.getHours() < 12 ? "AM" : "PM"}`;
};
export const clockOf = (iso) => {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

// The value of a datetime-local input, in the viewer's time zone.
export const localOf = (iso) => {
  const at = new Date(iso);
  if (!iso || isNaN(at)) return "";
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

const STEPS = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86400, 3600, "h"],
  [Infinity, 86400, "d"],
];
export const agoOf = (iso, now) => {
  const seconds = Math.max(0, (now - new Date(iso)) / 1000);
  if (seconds < 5) return "just now";
  const [, size, unit] = STEPS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size)} ${unit} ago`;
};

// The full time on hover, and in machine-readable form.
export const Stamp = {
  props: ["at"],
  methods: { dateOf, timeOf },
  template: /* HTML */ `<time v-if="at" :datetime="at" :title="at" class="th-stamp"
    >{{ dateOf(at) }} <span>{{ timeOf(at) }}</span></time
  >`,
};
