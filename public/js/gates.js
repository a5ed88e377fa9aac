/*
 * A gate that is decided elsewhere while its dialog is open here: the dialog says so. It does not go by itself: what is
 * being typed into it must not become keys of the page, which decide other gates.
 */

let asked = null;

/** The name that decided last on this page. A gate that came with the stream since then does not know it. */
let decider = "";

document.addEventListener("submit", ({ target }) => {
  if (target.matches("form[data-decides]")) decider = target.elements.actor.value.trim();
});

function fillDecider() {
  if (decider === "") return;
  for (const { dataset, elements } of document.querySelectorAll("form[data-decides]")) {
    const mayDecide = dataset.approvers === "" || dataset.approvers.split("\n").includes(decider);
    if (mayDecide && elements.actor.value === "") elements.actor.value = decider;
  }
}

document.addEventListener("focusin", ({ target }) => {
  asked = target.closest("dialog form[data-decides]") ?? asked;
});
document.addEventListener("close", () => (asked = null), { capture: true });

document.addEventListener("htmx:after:swap", () => {
  fillDecider();
  // What is on its way is one's own decision.
  if (!asked || asked.dataset.sent !== undefined || document.getElementById(asked.dataset.decides)) return;
  const form = asked;
  asked = null;
  settle(form);
});

function settle(form) {
  const dialog = form.closest("dialog");
  const message = document.createElement("p");
  message.tabIndex = -1;
  message.setAttribute("role", "status");
  message.textContent = "It was decided elsewhere";
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "btn", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  const acts = document.createElement("div");
  acts.className = "acts";
  acts.append(close);
  form.replaceChildren(message, acts);
  dialog.querySelector("h2").textContent = `“${form.dataset.name}” waits no longer`;
  // A list that was taken anew has lost the gate with its dialogs.
  if (!dialog.isConnected) {
    dialog.removeAttribute("open");
    document.getElementById("main").append(dialog);
    dialog.showModal();
  }
  message.focus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body)
      document.getElementById("main").focus({ preventScroll: true });
  });
  tell(message, form.dataset);
}

/** As the run itself tells it. */
async function tell(message, { run, stage, request }) {
  const response = await fetch(`/api/v1/workflow-executions/${run}`);
  if (!response.ok) return;
  const { steps } = await response.json();
  const step = steps.find((each) => each.stage_id === stage);
  const asked = request ? step.permission_requests.find(({ id }) => id === request) : null;
  const { status, decided_by, decision_comment, error_message } = asked
    ? { ...asked, decision_comment: asked.comment, error_message: null }
    : step;
  const why = decision_comment ? `: ${decision_comment}` : "";
  const isDecided = status === "completed" || (asked && decided_by !== null);
  const words = isDecided
    ? `${asked ? status : "approved"} by ${decided_by}${why}`
    : (error_message ?? status);
  message.textContent = words[0].toUpperCase() + words.slice(1);
}
