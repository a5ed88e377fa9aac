/* The log, or the transcript in its place: follows its end while the reader is there, brings what is before, switches,
   links to lines of the one and to events of the other. */

const lines = ".ln, .ev";

const nearEnd = 40;
/* Only at the very start: a gesture that is still under way would go on through what it has brought. */
const atStart = 1;

function scrollerOf(log) {
  // On a phone the page scrolls, not the log.
  return getComputedStyle(log).overflowY === "visible" ? log.closest(".main") : log;
}

let follows = true;
let watched = null;

function isAtEnd(scroller) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
}

function showFollow() {
  const button = document.querySelector("[data-follow]");
  if (!button) return;
  // Where nothing more can come, there is nothing to jump to.
  button.hidden = !document.getElementById("log")?.hasAttribute("data-follows");
  button.setAttribute("aria-pressed", String(follows));
  button.lastElementChild.textContent = follows ? "Following live" : "Jump to latest";
  button.querySelector(".beat").hidden = !follows;
}

function toEnd(log) {
  const scroller = scrollerOf(log);
  scroller.scrollTop = scroller.scrollHeight;
}

const growth = new MutationObserver(() => {
  const log = document.getElementById("log");
  if (!log) return;
  makeRoomForNumbers(log);
  if (follows && scrollerOf(log) === log) toEnd(log);
});

/** The column of numbers is as wide as the last of them. */
function makeRoomForNumbers(log) {
  if (log.matches(".transcript")) return;
  const last = log.querySelector("#log-lines > :last-child > :last-child");
  const digits = Math.min(7, Math.max(4, (last?.id.length ?? 0) - 1));
  if (log.classList.contains(`digits-${digits}`)) return;
  for (let other = 4; other <= 7; other++) log.classList.toggle(`digits-${other}`, other === digits);
}

function watch() {
  const log = document.getElementById("log");
  for (const hidden of document.querySelectorAll("[data-log-switch]")) hidden.hidden = false;
  if (!log || log === watched) return showFollow();
  watched = log;
  follows = !/^#[Le]\d/.test(location.hash);
  growth.disconnect();
  growth.observe(document.getElementById("log-lines"), {
    childList: true,
    subtree: log.matches(".transcript"),
  });
  const partial = document.getElementById("transcript-partial");
  if (partial) growth.observe(partial, { childList: true, subtree: true });
  log.addEventListener(
    "scroll",
    () => {
      const was = follows;
      follows = isAtEnd(log);
      if (was !== follows) showFollow();
      if (log.scrollTop < atStart) loadEarlier(log);
    },
    { passive: true },
  );
  for (const name of ["times", "wraps"]) setSwitch(log, name, localStorage.getItem(`log-${name}`) !== "off");
  if (follows && scrollerOf(log) === log)
    requestAnimationFrame(() => requestAnimationFrame(() => toEnd(log)));
  else toPlace();
  showFollow();
}

/** A link to a line or an event that the page does not have leads to the part that has it. */
function toPlace() {
  const [, kind, number] = /^#([Le])(\d+)$/.exec(location.hash) ?? [];
  if (!kind || document.getElementById(kind + number)) return;
  const url = new URL(location.href);
  const name = kind === "L" ? "line" : "event";
  if (url.searchParams.get(name) === number) return;
  for (const other of ["before", "after", "from", "first", "line", "event", "tab", "search"])
    url.searchParams.delete(other);
  url.searchParams.set(name, number);
  if (kind === "L") url.searchParams.set("tab", "log");
  location.replace(url);
}

function setSwitch(log, name, isOn) {
  log.classList.toggle(`no-${name}`, !isOn);
  document.querySelector(`[data-log-switch="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
}

document.addEventListener("click", (event) => {
  const log = document.getElementById("log");
  if (!log) return;
  if (event.target.closest("[data-follow]")) {
    follows = true;
    toEnd(log);
    showFollow();
  }
  const button = event.target.closest("[data-log-switch]");
  if (!button) return;
  const isOn = button.getAttribute("aria-pressed") !== "true";
  localStorage.setItem(`log-${button.dataset.logSwitch}`, isOn ? "on" : "off");
  setSwitch(log, button.dataset.logSwitch, isOn);
});

/*
 * What is before the first line comes when the reader gets there, one part a time: what was read stays where it was, so
 * that the start is out of sight again and only another gesture brings more.
 */
let held = null;

function loadEarlier(log) {
  const place = document.getElementById("earlier");
  if (!place || log.classList.contains("is-loading") || !log.contains(place)) return;
  log.classList.add("is-loading");
  // Until the lines come, the reader may still move.
  place.addEventListener("htmx:before:swap", () => hold(log), { once: true });
  htmx.ajax("GET", place.dataset.earlier, { source: place, target: place, swap: "outerHTML" }).finally(() => {
    // By then the browser has taken note of the new lines, and moves nothing for them.
    requestAnimationFrame(() => requestAnimationFrame(() => log.classList.remove("is-loading")));
  });
}

function hold(log) {
  const line = firstInSight(log)?.closest(lines);
  if (line) held = { line, top: line.getBoundingClientRect().top };
}

function holdPlace() {
  if (!held) return;
  const { line, top } = held;
  held = null;
  if (line.isConnected) scrollerOf(line.closest("#log")).scrollTop += line.getBoundingClientRect().top - top;
}

document.addEventListener("click", (event) => {
  const log = document.getElementById("log");
  if (!log || !event.target.closest("[data-load-earlier]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  loadEarlier(log);
});
document.addEventListener("htmx:after:swap", holdPlace);

/*
 * Lines are no stops for the Tab key, they are too many: Enter on the log goes to the first one in sight. Of what opens
 * in a transcript, the line that opens it is the stop; the keys within what it shows are the browser's.
 */
document.addEventListener("keydown", (event) => {
  const log = event.target.closest("#log");
  if (!log || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".opened")) return;
  const line = event.target.closest(lines);
  const next = line ? besideLine(log, line, event.key) : event.key === "Enter" ? firstInSight(log) : null;
  if (!next || (!line && event.target !== log)) return;
  event.preventDefault();
  next.focus();
});

function besideLine(log, line, key) {
  if (key === "Escape") return log;
  const by = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!by) return null;
  const all = [...log.querySelectorAll(lines)].filter((each) => each.checkVisibility());
  return stopOf(all[all.indexOf(line) + by] ?? line);
}

function stopOf(line) {
  return line.querySelector(":scope > .what > details > summary") ?? line.querySelector("a");
}

function firstInSight(log) {
  const { top } = log.getBoundingClientRect();
  const isInSight = (line) => line.getBoundingClientRect().top >= Math.max(top, 0);
  const first = [...log.querySelectorAll(lines)].find(isInSight);
  return first && stopOf(first);
}

window.addEventListener("hashchange", () => {
  toPlace();
  // The browser takes the focus from the link that was followed, and gives it to nobody.
  const line = document.querySelector(":is(.ln, .ev):target");
  if (line) stopOf(line).focus({ preventScroll: true });
});
document.addEventListener("htmx:after:swap", watch);
// The page's stream says when no line can come any more.
document.addEventListener("state", showFollow);
watch();

/* The chosen stage on a phone. */
const chip = document.querySelector(".strip [aria-current]");
// The strip alone: what scrolls around it would be shifted sideways too.
if (chip) {
  const strip = chip.closest(".strip");
  strip.scrollLeft = chip.offsetLeft + chip.offsetWidth / 2 - strip.clientWidth / 2;
}

/* The chosen stage of a graph that is wider than its column. */
const node = document.querySelector(".graph a[aria-current]");
if (node) {
  const column = node.closest(".left");
  const [at, around] = [node.getBoundingClientRect(), column.getBoundingClientRect()];
  column.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2;
}
