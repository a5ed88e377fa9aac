/* Sends the builder's forms, one after the other, and takes what has changed into the page. */

const stateOf = () => document.getElementById("builder-state").dataset;

let queue = Promise.resolve();
let isLeaving = false;
const waiting = new Map();

/** Fields that hold what the server has not been sent yet: no answer to an earlier form may take it away. */
export const unsent = new Set();

export const builderPath = document.querySelector("[data-builder]").dataset.builder;
export const revision = () => stateOf().revision;
export const isYaml = () => document.getElementById("yaml-pane") !== null;

/** Sends a form when those before it have been answered; what it holds is read then. */
export function send(form, submitter = null) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  queue = queue.then(() => post(form, submitter)).catch(failed);
  return queue;
}

/** Sends a form a little later, when nothing more is typed. */
export function sendSoon(form) {
  clearTimeout(waiting.get(form));
  const send1 = () => send(form);
  waiting.set(form, setTimeout(send1, 350));
}

/** Sends what still waits to be sent; done when all has been answered. */
export function flush() {
  for (const form of waiting.keys()) send(form);
  return queue;
}

/** Gets a part of the page, such as the form of a stage. */
export function get(url) {
  queue = queue.then(async () => take(await fetch(url, { headers: headers() }))).catch(failed);
  return queue;
}

/** Sends values to one of the builder's actions; a function gives them when it is their turn. */
export function act(action, values) {
  queue = queue
    .then(() => {
      const given = typeof values === "function" ? values() : values;
      return request(`${builderPath}/${action}`, new URLSearchParams(given));
    })
    .catch(failed);
  return queue;
}

/** Goes somewhere; what is not saved stays with the draft, so that nobody need be warned. */
export async function go(url) {
  await flush();
  isLeaving = true;
  location.assign(url);
}

export function say(text) {
  document.getElementById("say").textContent = text;
}

function post(form, submitter) {
  for (const field of form.elements) unsent.delete(field);
  const values = new URLSearchParams(new FormData(form, submitter?.form === form ? submitter : undefined));
  // The fields show the newest revision but for the one that is being typed in: that is the change.
  if (values.has("revision")) values.set("revision", revision());
  return request(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), values);
}

async function request(url, values) {
  const response = await fetch(url, { method: "POST", body: values, headers: headers() });
  await take(response);
  return response;
}

function headers() {
  return {
    "hx-request": "true",
    accept: "text/html",
    "x-builder-revision": revision(),
    "x-builder-tab": isYaml() ? "yaml" : "stages",
  };
}

async function take(response) {
  const to = response.headers.get("hx-redirect");
  if (to !== null) {
    isLeaving = true;
    return location.assign(to);
  }
  const text = await response.text();
  if (!response.url.startsWith(location.origin + builderPath) || /^\s*<!doctype/i.test(text))
    throw new Error("the server has not taken it. load the page again");
  const focused = document.activeElement?.id;
  await htmx.swap({ text, sourceElement: document.body, target: document.body, swap: "none" });
  document.title = stateOf().title;
  document.dispatchEvent(new CustomEvent("builder-changed", { detail: { response, focused } }));
}

function failed(error) {
  const toast = document.createElement("p");
  toast.className = "toast failed";
  toast.setAttribute("role", "alert");
  toast.append(`It was not sent: ${error.message}`);
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 10_000);
}

window.addEventListener("beforeunload", (event) => {
  if (!isLeaving && (stateOf().dirty === "yes" || waiting.size > 0)) event.preventDefault();
});
window.addEventListener("pageshow", () => (isLeaving = false));
