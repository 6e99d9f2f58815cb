// All icons by name: strokes in a 24 × 24 square.
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
  parked: "M9 20V5h4.5a4.5 4.5 0 0 1 0 9H9",
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
  yes: "M20 6 9 17l-5-5",
  no: "M18 6 6 18M6 6l12 12",
  unknown: "M8 7.5a4 4 0 1 1 6 3.6c-1.4.8-2 1.7-2 3.4M12 19.5h.01",
  unasked: "M6 12h12",
  warn: "M12 9v4M12 17h.01M10.3 3.9 1.8 18.4A2 2 0 0 0 3.5 21.4h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z",
  remove: "M18 6 6 18M6 6l12 12",
  open: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
};

export const Icon = {
  props: { name: { type: String, required: true } },
  data: () => ({ paths: PATHS }),
  template: /* HTML */ `<svg class="th-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path :d="paths[name]" />
  </svg>`,
};
