// Helpers of the browser: the address, keys, the clipboard.

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
