/* What forms do besides being sent: they say at once what will be, copy, warn, and take files. */

document.addEventListener("htmx:before:request", ({ target: form }) => {
  // A part of a form may ask for something of its own, as the preview of a plan does.
  const button = form.tagName === "FORM" ? form.querySelector("[data-becomes]") : null;
  if (!button) return;
  const words = button.querySelector("span") ?? button;
  button.dataset.was = words.textContent;
  words.textContent = button.dataset.becomes;
  // Switched off it would lose the focus.
  button.setAttribute("aria-disabled", "true");
  if (form.hasAttribute("data-closes")) form.closest("dialog")?.close();
});

/* What the server has refused is as it was; its message says why. */
document.addEventListener("htmx:finally:request", ({ target: form }) => {
  const button = form.tagName === "FORM" ? form.querySelector("[data-was]") : null;
  if (!button) return;
  (button.querySelector("span") ?? button).textContent = button.dataset.was;
  delete button.dataset.was;
  button.removeAttribute("aria-disabled");
});

/* What is on its way is not sent a second time; an answer that does not come may be asked for again. */
const answerMs = 10_000;
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.dataset.sent === undefined && !event.target.querySelector("[data-was]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);
// At the window all who take a form over have had their turn: what is left goes to another page.
window.addEventListener("submit", ({ target: form, defaultPrevented }) => {
  if (defaultPrevented || form.method !== "post") return;
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, answerMs);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.getElementById("say").textContent = "Copied";
  const words = button.lastChild;
  const was = words.textContent;
  words.textContent = "Copied";
  setTimeout(() => (words.textContent = was), 1500);
});

/* A comment is sent by Enter. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches("[data-enter-sends]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

/* Ctrl or Cmd with S or Enter saves the editor. */
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const form = document.querySelector("form[data-editor]");
  const name = event.key === "Enter" ? "close" : event.key.toLowerCase() === "s" ? "save" : null;
  const button = name && form?.querySelector(`button[value="${name}"]`);
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});

/* Leaving an editor whose text is not the saved one warns. */
const area = document.querySelector("form[data-editor] textarea");
if (area) {
  let isSent = false;
  const isDirty = () => area.value !== area.defaultValue || area.dataset.dirty !== undefined;
  const title = document.title;
  area.addEventListener("input", () => {
    document.title = isDirty() ? `● ${title}` : title;
    document.querySelector("[data-dirty-dot]").hidden = !isDirty();
  });
  area.form.addEventListener("submit", () => (isSent = true));
  window.addEventListener("beforeunload", (event) => {
    if (isDirty() && !isSent) event.preventDefault();
  });
}

/* A file's text goes into the field it stands by. */
document.addEventListener("change", async (event) => {
  const picker = event.target.closest("[data-fills]");
  const file = picker?.files?.[0];
  if (!file) return;
  const field = document.getElementById(picker.dataset.fills);
  field.value = await file.text();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
for (const picker of document.querySelectorAll("[data-fills]"))
  picker.closest("[hidden]")?.removeAttribute("hidden");

/* All rows at once. */
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (!all) return;
  for (const box of document.querySelectorAll('input[name="run"]')) box.checked = all.checked;
});
