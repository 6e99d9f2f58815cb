// What components import as "th-shared".
export * from "./browser.js";
export * from "./icons.js";
export * from "./modal.js";
export * from "./suggest.js";
export * from "./text.js";
export * from "./times.js";
