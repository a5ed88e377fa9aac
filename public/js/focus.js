/* The keyboard's place: kept when what had it goes, when another page comes, and inside of menus. */

/* What was pressed may be gone when the answer is there: the focus goes to what took its place, not back to the top. */
let region = null;
let pressedAt = -Infinity;
const answerMs = 10_000;
document.addEventListener("focusin", ({ target }) => {
  const within = target.closest("[data-holds-focus]");
  if (within) region = within.id;
  else if (!target.closest("dialog")) region = null;
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!target.closest("[data-holds-focus], dialog")) region = null;
});
document.addEventListener("submit", ({ target }) => {
  if (target.closest("[data-holds-focus], dialog")) pressedAt = performance.now();
});
document.addEventListener("htmx:after:swap", () => {
  if (region === null || document.activeElement !== document.body) return;
  const place = document.getElementById(region);
  // What comes by itself must not lie under a finger that meant something else.
  const next =
    performance.now() - pressedAt < answerMs
      ? (place?.querySelector("[data-action], [data-key]") ?? place?.querySelector(".danger"))
      : null;
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
});

/* A filter, a tab or a search brings another page: whoever came by keys goes on where they were. */
const kept = "keeps-place";
const freshMs = 10_000;
let byKeys = false;
document.addEventListener("keydown", () => (byKeys = true), { capture: true });
document.addEventListener("pointerdown", () => (byKeys = false), { capture: true });

const regions = () => [...document.querySelectorAll("[data-keeps-place]")];
const stopsOf = (place) =>
  [...place.querySelectorAll("a, button, input:not([type=hidden])")].filter(
    (each) => !each.closest("[popover]"),
  );

function remember(element) {
  const place = element?.closest("[data-keeps-place]");
  if (!place || !byKeys) return;
  // The menu is shut on the next page; its button stands for it.
  const menu = element.closest("[popover]")?.id;
  const stop = menu ? place.querySelector(`[popovertarget="${CSS.escape(menu)}"]`) : element;
  const where = { region: regions().indexOf(place), stop: stopsOf(place).indexOf(stop), at: Date.now() };
  sessionStorage.setItem(kept, JSON.stringify(where));
}

document.addEventListener("click", (event) => {
  if (!event.defaultPrevented) remember(event.target.closest("a"));
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) remember(document.activeElement);
});

const { region: place, stop, at } = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
sessionStorage.removeItem(kept);
if (Date.now() - at < freshMs && document.activeElement === document.body) {
  const region = regions()[place];
  if (region) stopsOf(region)[stop]?.focus({ preventScroll: true });
}

/* Menus: arrows go through them, and who leaves one by Tab shuts it. */
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = target.closest("[popover]");
  if (!menu?.matches(":popover-open") || !relatedTarget) return;
  if (!menu.contains(relatedTarget) && relatedTarget.getAttribute("popovertarget") !== menu.id)
    menu.hidePopover();
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const opener = event.target.closest("[popovertarget]");
  const menu =
    event.target.closest("[popover]") ??
    (opener && document.getElementById(opener.getAttribute("popovertarget")));
  if (!by || !menu || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  if (!menu.matches(":popover-open")) menu.showPopover({ source: opener });
  const items = [...menu.querySelectorAll("a, button")].filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement);
  items[(at + by + items.length + (at < 0 && by < 0 ? 1 : 0)) % items.length]?.focus();
});
