/* Counts on what still goes on: times since, and the time axis of a live execution. */

function spanText(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "m", whole % 60, "s");
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(big, bigUnit, small, smallUnit) {
  return `${big}${bigUnit} ${String(small).padStart(2, "0")}${smallUnit}`;
}

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = spanText(now - Date.parse(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
  const axis = document.querySelector("[data-axis]");
  if (!axis) return;
  const total = Math.max(1, Math.round((now - Number(axis.dataset.axis)) / 100));
  for (const track of document.querySelectorAll("svg.track")) {
    track.setAttribute("viewBox", `0 0 ${total} 8`);
    track.querySelector(".axis-line").setAttribute("d", `M0 4H${total}`);
    const live = track.querySelector("[data-from]");
    if (live) live.setAttribute("d", `M${live.dataset.from} 4H${total}`);
  }
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
