/* The browser opens dialogs and menus by itself; here is what it does not do everywhere. */

if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

/** A message that everything went well goes by itself; one of a failure waits to be read. */
function soonGone(toast) {
  if (toast.classList.contains("completed")) setTimeout(() => toast.remove(), 6000);
}

const toasts = document.getElementById("toasts");
for (const toast of toasts.children) soonGone(toast);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node instanceof HTMLElement) soonGone(node);
}).observe(toasts, { childList: true });
