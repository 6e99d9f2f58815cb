// Browser helpers: the URL, keys, the clipboard.

export const debounced = (work, milliseconds) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), milliseconds);
  };
};

// Keeps the current settings in the URL, so that a link shows the same view.
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

// Single-key shortcuts can be disabled, since speech input and slips trigger them (WCAG 2.1.4).
export const keysAreOn = () => localStorage.getItem("keys") !== "off";
export const isKey = (event) =>
  keysAreOn() && !(event.ctrlKey || event.metaKey || event.altKey || typing(event) || dialogIsOpen());

// Insecure origins have no clipboard API, but a selection can be copied.
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
