// What the outer components share: times as people read them, and icons.

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

// What an input of date and time takes, in the viewer's time zone.
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

const PATHS = {
  edit: "M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4Z",
  test: "M6 4.5v15l13-7.5Z",
  duplicate: "M9 9h11v11H9ZM5 15H4V4h11v1",
  delete: "M3 6h18M8 6V4h8v2M6 6l1 14h10l1-14M10 10.5v6M14 10.5v6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM21 21l-5-5",
  up: "m6 15 6-6 6 6",
  down: "m6 9 6 6 6-6",
  sort: "m8 10 4-4 4 4M8 14l4 4 4-4",
  left: "m15 18-6-6 6-6",
  right: "m9 18 6-6-6-6",
  plus: "M12 5v14M5 12h14",
  pause: "M8 5v14M16 5v14",
  succeeded: "M20 6 9 17l-5-5",
  failed: "M18 6 6 18M6 6l12 12",
  cancelled: "M5 12h14",
  retrying: "M20 11a8 8 0 1 0-2.3 6.7M20 5v6h-6",
  running: "M12 3a9 9 0 1 0 9 9",
  pending: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  shadowed:
    "M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12ZM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
  held: "M8 5v14M16 5v14",
  skipped: "m5 5 9 7-9 7ZM18.5 5v14",
  limits: "M7 3h10M7 21h10M8 3v3.5c0 2.5 4 4 4 5.5s-4 3-4 5.5V21M16 3v3.5c0 2.5-4 4-4 5.5s4 3 4 5.5V21",
  copy: "M9 9h11v11H9ZM5 15H4V4h11v1",
  bell: "M6 9a6 6 0 0 1 12 0c0 6 2.5 7.5 2.5 7.5h-17S6 15 6 9ZM10 20a2.2 2.2 0 0 0 4 0",
  warning: "M12 4v10M12 18.5v.5",
  sun:
    "M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM12 1v2M12 21v2M1 12h2M21 12h2" +
    "M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4",
  moon: "M21 12.8A9 9 0 1 1 11.2 3a7 7 0 0 0 9.8 9.8Z",
  auto: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18",
};

export const Icon = {
  props: { name: { type: String, required: true } },
  data: () => ({ paths: PATHS }),
  template: /* HTML */ `<svg class="th-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path :d="paths[name]" />
  </svg>`,
};

// The moment whole on hover, and for programs.
export const Stamp = {
  props: ["at"],
  methods: { dateOf, timeOf },
  template: /* HTML */ `<time v-if="at" :datetime="at" :title="at" class="th-stamp"
    >{{ dateOf(at) }} <span>{{ timeOf(at) }}</span></time
  >`,
};

export const debounced = (work, milliseconds) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), milliseconds);
  };
};

// Keeps what is set in the address, so that a link shows the same view.
export const keepInAddress = (values) => {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === "" || value === null || value === undefined) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", address);
};

export const typing = (event) =>
  /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
export const dialogIsOpen = () => document.querySelector(".q-dialog, dialog[open]") !== null;

// Keys of one letter can be switched off: speech input and slips of the hand set them off (WCAG 2.1.4).
export const keysAreOn = () => localStorage.getItem("keys") !== "off";
export const isKey = (event) =>
  keysAreOn() && !(event.ctrlKey || event.metaKey || event.altKey || typing(event) || dialogIsOpen());

// Without a secure origin there is no clipboard, but what is selected can be copied.
export const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const [focused, box] = [document.activeElement, document.createElement("textarea")];
    box.value = text;
    box.style.cssText = "position: fixed; opacity: 0";
    document.body.append(box);
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    focused?.focus();
    return copied;
  }
};
