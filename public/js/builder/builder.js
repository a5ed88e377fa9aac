/* The builder: its forms are sent as one types, its dialogs opened over the page, its keys heard. */

import { isTyping } from "../keyboard.js";
import { enhance } from "./picker.js";
import "./reorder.js";
import { act, builderPath, flush, get, go, isYaml, send, sendSoon, unsent } from "./wire.js";

document.documentElement.classList.add("scripted");
htmx.config.morphSkipChildren = "[data-own]";

const editor = document.getElementById("stage-editor");
const mover = document.getElementById("move-dialog");
let opener = null;
let card = null;

/* Forms are sent as they are filled in. A name is sent when it is finished: others would have to follow each letter. */
const isSlow = (field) =>
  field.matches("select, [type=checkbox], [data-picker]") ||
  /(@id|\.id|@name)$/.test(field.name) ||
  field.closest("[data-new-row]");

/* The field that is being typed in. What is in it is the reader's, also after it was sent. */
let typedIn = null;
document.addEventListener("focusin", () => (typedIn = null));

document.addEventListener("input", (event) => {
  typedIn = event.target;
  const form = event.target.closest("form[data-live]");
  if (!form || !event.target.name) return;
  unsent.add(event.target);
  if (!isSlow(event.target)) sendSoon(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form || !event.target.name) return;
  unsent.add(event.target);
  const row = event.target.closest("[data-new-row]");
  // A new row begins to be when it has a name.
  if (row && row.querySelector('[name$="@name"]').value.trim() === "") return;
  send(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const { submitter } = event;
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  if (event.defaultPrevented || !action.startsWith(`${builderPath}/`)) return;
  event.preventDefault();
  submitter?.closest("[popover]")?.hidePopover();
  if (mover.contains(form)) mover.close();
  if (submitter?.hasAttribute("data-dismiss-after")) submitter.closest(".toast").remove();
  flush();
  send(form, submitter);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (link.matches("[data-edit], [data-edit-found]")) {
    event.preventDefault();
    await openEditor(link.href, link.id);
  } else if (link.matches("[data-move-to]")) {
    event.preventDefault();
    link.closest("[popover]").hidePopover();
    await get(link.href);
    mover.showModal();
  } else if (link.matches("[data-close-editor]") && editor.open) {
    event.preventDefault();
    editor.close();
  } else if (link.matches("[data-close-move]") && mover.open) {
    event.preventDefault();
    mover.close();
  } else if (link.matches("[data-inside]")) {
    event.preventDefault();
    await go(link.href);
  } else if (link.matches("[data-line-link]")) {
    event.preventDefault();
    if (isYaml())
      document.dispatchEvent(new CustomEvent("builder-line", { detail: Number(link.dataset.lineLink) }));
    else await go(link.href);
  }
});

async function openEditor(url, from) {
  opener = from;
  await flush();
  await get(url);
  showEditor("s-name");
}

function showEditor(focus) {
  if (!editor.querySelector("form") || editor.matches(":modal")) return;
  // A page that came with the form open shows it beside the rest; here it is over it.
  editor.close();
  enhance();
  editor.showModal();
  document.getElementById(focus)?.focus();
}

editor.addEventListener("close", async () => {
  if (editor.matches(":modal") || editor.open) return;
  await flush();
  if (location.search.includes("stage=")) history.replaceState(null, "", builderPath);
  const stage = editor.querySelector("[name=stage]")?.value;
  const cardNow = [...document.querySelectorAll(".stage-card")].find((each) => each.dataset.stage === stage);
  (cardNow?.querySelector("[data-edit]") ?? document.getElementById(opener))?.focus();
});

document.addEventListener("builder-changed", ({ detail: { response, focused } }) => {
  syncFields();
  enhance();
  showErrors();
  if (response.headers.get("x-builder-open") === "stage-editor") {
    opener = null;
    return showEditor("s-name");
  }
  const wanted = response.headers.get("x-builder-focus");
  // A button that was switched off has the focus until the page is drawn, then nobody has it.
  const isLost = [document.body, null].includes(document.activeElement) || document.activeElement.disabled;
  const found =
    document.getElementById(wanted ?? "") ?? (isLost ? document.getElementById(focused ?? "") : null);
  // What had the focus may be switched off now (a card at the end of the way): its card keeps it.
  const target = found?.disabled ? found.closest(".stage-card")?.querySelector("[data-edit]") : found;
  if (target && !target.disabled && !editor.open) target.focus({ preventScroll: false });
});

/* The first error opens the list; who has shut it is left alone until all are mended. */
let hadErrors = document.getElementById("builder-findings").dataset.errors !== "0";

function showErrors() {
  const findings = document.getElementById("builder-findings");
  const hasErrors = findings.dataset.errors !== "0";
  if (hasErrors && !hadErrors) findings.querySelector("details").open = true;
  hadErrors = hasErrors;
}

/* A morph gives a box or a choice that was touched its attributes, not its state. */
function syncFields() {
  for (const field of document.querySelectorAll("form[data-live] :is(input, select)")) {
    if (field === typedIn || unsent.has(field)) continue;
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else if (field.tagName === "SELECT") {
      const chosen = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      if (chosen && !chosen.selected) chosen.selected = true;
    } else if (field.type !== "hidden" && field.value !== field.defaultValue)
      field.value = field.defaultValue;
  }
}

/* Keys: N a stage, E and D the stage one is at, Ctrl or Cmd with S and Enter save, with Z takes back. */
document.addEventListener("focusin", (event) => (card = event.target.closest(".stage-card") ?? card));

const single = {
  n: () => document.querySelector("[data-new-stage]"),
  e: () => card?.isConnected && card.querySelector("[data-edit]"),
  d: () => card?.isConnected && card.querySelector("[data-duplicate]"),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    const value = event.key === "Enter" ? "close" : event.key.toLowerCase() === "s" ? "save" : null;
    if (value !== null) {
      event.preventDefault();
      return void save(value);
    }
    if (event.key.toLowerCase() !== "z" || isTyping(event.target)) return;
    event.preventDefault();
    return void act(event.shiftKey ? "redo" : "undo", { stays: "1" });
  }
  if (document.documentElement.dataset.keys === "off") return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const target = single[event.key.toLowerCase()]?.();
  if (!target) return;
  event.preventDefault();
  target.click();
});

/** What is being typed in a field counts: it is sent before. */
async function save(value) {
  await flush();
  document.dispatchEvent(new CustomEvent("builder-saving"));
  const form = document.getElementById("save-form");
  await send(form, form.querySelector(`button[value="${value}"]`));
}

enhance();
if (editor.hasAttribute("open")) showEditor("s-name");
if (mover.hasAttribute("open")) {
  mover.close();
  mover.showModal();
}
if (isYaml()) import("./yaml-editor.js");
