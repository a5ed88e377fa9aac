/* Single keys; none that the browser owns. They rest while somebody types, and can be switched off. */

const help = document.getElementById("help");
const pages = { w: "/workflows", e: "/workflows/executions", a: "/approvals" };
let prefix = null;

/** A field has the focus for a moment after its dialog was closed; what is pressed then is not meant for it. */
export function isTyping(target) {
  const field = target.closest("input, textarea, select, [contenteditable], .cm-host");
  return field !== null && field.closest("dialog:not([open])") === null;
}

function press(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) return false;
  element.click();
  return true;
}

/** The gate one is at; else the first is meant. */
function gateHere() {
  return document.activeElement.closest("[data-gate]") ?? document;
}

/** J and K go through the stages, whatever has the focus. */
function step(by) {
  const rows = [...document.querySelectorAll(".tl a, .graph a")];
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  return true;
}

const keys = {
  "?": () => (help.showModal(), true),
  "/": () => {
    const field = document.querySelector("[data-search]");
    field?.focus();
    field?.select();
    return field !== null;
  },
  j: () => step(1),
  k: () => step(-1),
  a: () => press('[data-key="a"]', gateHere()),
  r: () => press('[data-key="r"]', gateHere()),
  b: () => {
    const field = document.querySelector('[data-key="b"]');
    field?.focus();
    field?.select();
    return field !== null;
  },
  x: () => press("[data-run-this]"),
  e: () => press("[data-edit-this]"),
  d: () => press('.top [data-action="duplicate"]'),
  f: () => press("[data-follow]"),
};

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (prefix !== null) {
    const page = pages[event.key];
    clearTimeout(prefix);
    prefix = null;
    if (page) {
      event.preventDefault();
      location.assign(page);
    }
    return;
  }
  if (event.key === "g") {
    prefix = setTimeout(() => (prefix = null), 1500);
    return;
  }
  if (keys[event.key]?.()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-help]")) return;
  event.preventDefault();
  help.showModal();
});
