/* The page's one stream: what its messages mean beyond the parts they swap, and what to do when there is none. */

const pollMs = 30_000;
const patienceMs = 5_000;
const stream = () => document.querySelector("#stream, [data-stream]");

let poll = null;

/** Without a stream the page asks for itself every half minute. */
function fallBack() {
  poll ??= setInterval(ask, pollMs);
  document.documentElement.dataset.live = "off";
}

/** A stream that never came is asked for again; one that broke off is the extension's to mend. */
function ask() {
  refresh();
  const element = stream();
  if (element && !element._htmx?.sse)
    htmx.ajax("GET", element.getAttribute("hx-sse:connect"), { source: element, swap: "none" });
}

function recovered() {
  clearInterval(poll);
  poll = null;
  document.documentElement.dataset.live = "on";
}

function refresh() {
  const target = document.getElementById("run") ? "#run" : document.getElementById("list") ? "#list" : null;
  if (target === null) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    dialog.addEventListener("close", refresh, { once: true });
    return;
  }
  htmx.ajax("GET", location.pathname + location.search, { target, select: target, swap: "outerMorph" });
}

/*
 * The answer to a button may come after the stream has shown what followed it; then the page is asked for anew. Each
 * part is looked at as soon as it stands, because the end of a swap is told only when another may have been there.
 */
let newest = 0;
let isStale = false;
document.addEventListener("htmx:before:settle", () => {
  const shown = Number(document.getElementById("run-head")?.dataset.event ?? 0);
  if (shown >= newest) newest = shown;
  else if (!isStale) {
    isStale = true;
    // The dialog that was answered is closed by then.
    setTimeout(() => {
      isStale = false;
      refresh();
    }, 0);
  }
});

document.addEventListener("htmx:sse:error", fallBack);
for (const failure of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(failure, ({ target }) => {
    if (target === stream()) fallBack();
  });
}
document.addEventListener("htmx:sse:after:connection", recovered);
// It may have failed before this script was there to hear of it.
setTimeout(() => {
  if (stream() && !stream()._htmx?.sse) fallBack();
}, patienceMs);

/* The login has ended elsewhere: the server leads from the page to the login and back. Who logs out here is on the way. */
let isLeaving = false;
document.addEventListener("submit", ({ target }) => {
  isLeaving ||= target.getAttribute("action") === "/logout";
});
document.addEventListener("logged-out", () => {
  if (!isLeaving) location.reload();
});

/* Lists: something has happened to an execution; the page takes the list anew, at most once a second. */
let waiting = null;
document.addEventListener("changed-executions", () => {
  waiting ??= setTimeout(() => {
    waiting = null;
    if (!document.hidden) htmx.trigger(document.body, "changed");
    else
      document.addEventListener("visibilitychange", () => htmx.trigger(document.body, "changed"), {
        once: true,
      });
  }, 500);
});

/* One execution: title, icon, notification. */
document.addEventListener("state", (event) => {
  const { title, mark, notify, grows } = JSON.parse(event.detail.data);
  if (!grows) document.getElementById("log")?.removeAttribute("data-follows");
  document.title = title;
  const icon = document.getElementById("favicon");
  icon.href = icon.dataset.icons.replace(/mark\.svg$/, `mark-${mark}.svg`);
  if (notify && localStorage.getItem("notify") === "on" && document.hidden) tell(notify);
});

function tell(text) {
  const notification = new Notification(text);
  notification.addEventListener("click", () => window.focus());
}

/* The bell. */
function showBell() {
  for (const bell of document.querySelectorAll("[data-notify]")) {
    bell.hidden = !("Notification" in window);
    const isOn = localStorage.getItem("notify") === "on" && Notification.permission === "granted";
    bell.setAttribute("aria-pressed", String(isOn));
  }
}

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-notify]")) return;
  const wasOn = localStorage.getItem("notify") === "on" && Notification.permission === "granted";
  const isAllowed = !wasOn && (await Notification.requestPermission()) === "granted";
  localStorage.setItem("notify", isAllowed ? "on" : "off");
  showBell();
});

document.addEventListener("htmx:after:swap", showBell);
showBell();

if (stream() === null) document.documentElement.dataset.live = "none";
