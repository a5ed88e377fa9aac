/* The log: follows its end while the reader is there, filters and switches, links to lines. */

const nearEnd = 40;

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
  const isLive = document.getElementById("log").hasAttribute("data-follows");
  button.hidden = !isLive && follows;
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
  if (log && follows && scrollerOf(log) === log) toEnd(log);
});

function watch() {
  const log = document.getElementById("log");
  for (const hidden of document.querySelectorAll("[data-log-switch], [data-level]")) hidden.hidden = false;
  if (!log || log === watched) return showFollow();
  watched = log;
  follows = !location.hash.startsWith("#L");
  growth.disconnect();
  growth.observe(document.getElementById("log-lines"), { childList: true });
  log.addEventListener(
    "scroll",
    () => {
      const was = follows;
      follows = isAtEnd(log);
      if (was !== follows) showFollow();
    },
    { passive: true },
  );
  for (const name of ["times", "wraps"]) setSwitch(log, name, localStorage.getItem(`log-${name}`) !== "off");
  if (follows && scrollerOf(log) === log)
    requestAnimationFrame(() => requestAnimationFrame(() => toEnd(log)));
  else toLine();
  showFollow();
}

/** A link to a line that the page does not have leads to the part of the log that has it. */
function toLine() {
  const [, line] = /^#L(\d+)$/.exec(location.hash) ?? [];
  if (!line || !document.getElementById("log") || document.getElementById(`L${line}`)) return;
  const url = new URL(location.href);
  if (url.searchParams.get("line") === line) return;
  url.searchParams.set("line", line);
  url.searchParams.delete("before");
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

document.addEventListener("change", (event) => {
  const level = event.target.closest("[data-level]");
  const log = document.getElementById("log");
  if (!level || !log) return;
  log.classList.toggle("level-warn", level.value === "warn");
  log.classList.toggle("level-error", level.value === "error");
});

/* Lines are no stops for the Tab key, they are too many: Enter on the log goes to the first one in sight. */
document.addEventListener("keydown", (event) => {
  const log = event.target.closest("#log");
  if (!log || event.ctrlKey || event.metaKey || event.altKey) return;
  const line = event.target.closest(".ln");
  const next = line ? besideLine(log, line, event.key) : event.key === "Enter" ? firstInSight(log) : null;
  if (!next || (!line && event.target !== log)) return;
  event.preventDefault();
  next.focus();
});

function besideLine(log, line, key) {
  if (key === "Escape") return log;
  const by = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!by) return null;
  const lines = [...log.querySelectorAll(".ln")];
  return lines[lines.indexOf(line) + by]?.querySelector("a") ?? line.querySelector("a");
}

function firstInSight(log) {
  const { top } = log.getBoundingClientRect();
  const isInSight = (line) => line.getBoundingClientRect().top >= Math.max(top, 0);
  return [...log.querySelectorAll(".ln")].find(isInSight)?.querySelector("a");
}

window.addEventListener("hashchange", () => {
  toLine();
  // The browser takes the focus from the link that was followed, and gives it to nobody.
  document.querySelector(".ln:target > a")?.focus({ preventScroll: true });
});
document.addEventListener("htmx:after:swap", watch);
watch();

/* The chosen stage on a phone. */
document.querySelector(".strip [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
