/* Search or run: arrows go through what is found; the keyboard's own focus shows where one is. */

const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");

function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  find();
}

function find() {
  input.dispatchEvent(new Event("palette-open"));
}

// Who is quick opens it before htmx listens to its field.
input.addEventListener("htmx:after:init", () => dialog.open && find());

function move(by) {
  const all = [input, ...dialog.querySelectorAll("#found a")];
  // From the field the first find is passed over: Enter takes that one already.
  const at = all.indexOf(document.activeElement);
  const next = at === 0 && by > 0 ? Math.min(2, all.length - 1) : (at + by + all.length) % all.length;
  all[next].focus();
}

dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else if (event.key === "Enter" && event.target === input && !event.isComposing)
    dialog.querySelector("#found a")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]")) return;
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
    return;
  event.preventDefault();
  open();
});

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
for (const key of document.querySelectorAll("[data-palette] kbd")) key.textContent = isMac ? "⌘K" : "Ctrl K";
