/* The transcript: puts what comes in parts together, opens what a link leads to, marks what was searched for, copies. */

const transcript = () => document.querySelector("#log.transcript");

/* A result or a sub-agent's work whose call was not on the page: once the call is there, it stands with it. */
function join() {
  for (const result of document.querySelectorAll(".ev[data-result-of]")) {
    const call = document.getElementById(`e${result.dataset.resultOf}`);
    if (call?.querySelector(`[id="${CSS.escape(result.id)}"]`)) result.remove();
  }
  for (const group of document.querySelectorAll(".sub-agent[data-sub-of]")) {
    const place = document.getElementById(`sub-${group.dataset.subOf}`);
    if (!place || place.contains(group)) continue;
    place.append(...group.querySelector(":scope > .sub").children);
    group.remove();
  }
}

/* A block whose size the browser knows can be left out of its work while nobody sees it. */
function settle() {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const chunk of document.querySelectorAll(".transcript .chunk:not(.is-drawn)"))
        chunk.classList.add("is-drawn");
    }),
  );
}

/* A link leads to a call, or to a result in one: it is open then. */
function openTarget() {
  const target = /^#e\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target || !transcript()?.contains(target)) return;
  const own = target.querySelector(":scope > .what > details");
  if (own) own.open = true;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details"))
    fold.open = true;
  target.scrollIntoView({ block: "start" });
}

/* The browser marks what was searched for, without a change to the page. */
const marks = new Set();
function mark() {
  const wanted = transcript()?.dataset.finds?.toLowerCase();
  CSS.highlights?.delete("found");
  marks.clear();
  if (!wanted || !CSS.highlights) return;
  const walker = document.createTreeWalker(document.getElementById("log-lines"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && marks.size < mostMarks; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    // Lower case may be longer than what it was made of: then places do not match.
    if (text.length !== node.data.length) continue;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      marks.add(range);
    }
  }
  CSS.highlights.set("found", new Highlight(...marks));
}
const mostMarks = 5000;

/* Where the clipboard cannot be had, the link brings the text as a file. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy-from]");
  if (!link || event.ctrlKey || event.metaKey || !navigator.clipboard?.write) return;
  event.preventDefault();
  const words = link.querySelector("span");
  const said = words.textContent;
  try {
    const text = fetch(link.dataset.copyFrom).then(async (answer) => {
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      return new Blob([await answer.text()], { type: "text/plain" });
    });
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    words.textContent = "Copied";
    document.getElementById("say").textContent = "Copied the transcript as Markdown";
  } catch {
    words.textContent = "Could not copy";
    location.assign(link.href);
  }
  setTimeout(() => (words.textContent = said), 2000);
});

document.addEventListener("htmx:after:swap", () => {
  if (!transcript()) return;
  join();
  mark();
  settle();
});
window.addEventListener("hashchange", openTarget);
openTarget();
mark();
settle();
