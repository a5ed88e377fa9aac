/* The form that starts a run, over the page one is on; its link leads to the same form as a page. */

const dialog = document.getElementById("run-dialog") ?? document.createElement("dialog");

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-close-dialog]") && dialog.open) {
    event.preventDefault();
    return dialog.close();
  }
  const link = event.target.closest("a[data-run]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const name = link.getAttribute("aria-label");
  dialog.querySelector("h2").textContent = name;
  await htmx.ajax("GET", link.href, { target: "#run-form", select: "#run-form", swap: "outerHTML" });
  if (!dialog.querySelector("form#run-form")) return location.assign(link.href);
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

/* The next run begins with an empty place. */
dialog.addEventListener("close", () => {
  const form = dialog.querySelector("#run-form");
  if (!form) return;
  const place = document.createElement("div");
  place.id = "run-form";
  form.replaceWith(place);
});
