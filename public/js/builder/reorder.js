/* Stages change their place: by drag, and by Space and arrows on the handle. Buttons and the dialog are plain forms. */

import Sortable from "./sortable.min.js";
import { act, say } from "./wire.js";

const cards = () => [...document.querySelectorAll("#flow-list > .stage-card")];
let grabbed = null;

function moveTo(card, to) {
  return act("move", { stage: card.dataset.stage, to: String(to) });
}

function watch() {
  const list = document.getElementById("flow-list");
  if (!list || Sortable.get(list)) return;
  let next = null;
  Sortable.create(list, {
    handle: "[data-handle]",
    draggable: ".stage-card",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    // The browser's own drag cannot be done by touch.
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    scrollSensitivity: 60,
    ghostClass: "is-ghost",
    dragClass: "is-dragged",
    onStart: ({ item }) => (next = item.nextSibling),
    onEnd: ({ item }) => {
      const to = cards().indexOf(item);
      // Between two links is the same place as beside them.
      if (to === Number(item.dataset.at)) return list.insertBefore(item, next);
      return moveTo(item, to);
    },
  });
}

function place(card) {
  return `place ${Number(card.dataset.at) + 1} of ${cards().length}`;
}

function nameOf(card) {
  return card.querySelector(".name").value;
}

function show(stage) {
  for (const card of cards()) {
    const isIt = card.dataset.stage === stage;
    card.classList.toggle("is-grabbed", isIt);
    card.querySelector("[data-handle]").setAttribute("aria-pressed", String(isIt));
  }
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest("[data-handle]")?.closest(".stage-card");
  if (!card) return;
  const stage = card.dataset.stage;
  const isGrabbed = grabbed?.stage === stage;
  const at = Number(card.dataset.at);
  if (event.key === " " || event.key === "Enter") {
    grabbed = isGrabbed ? null : { stage, from: at };
    say(
      isGrabbed
        ? `${nameOf(card)} dropped, ${place(card)}`
        : `${nameOf(card)} grabbed, ${place(card)}. Arrows move it`,
    );
  } else if (isGrabbed && event.key === "Escape") {
    const { from } = grabbed;
    grabbed = null;
    say(`${nameOf(card)} is back where it was`);
    if (from !== at) moveTo(card, from);
  } else if (isGrabbed && (event.key === "ArrowUp" || event.key === "ArrowLeft")) {
    if (at > 0) moveTo(card, at - 1);
  } else if (isGrabbed && (event.key === "ArrowDown" || event.key === "ArrowRight")) {
    if (at < cards().length - 1) moveTo(card, at + 1);
  } else return;
  event.preventDefault();
  show(grabbed?.stage);
});

document.addEventListener("focusout", (event) => {
  if (!grabbed || !event.target.closest("[data-handle]")) return;
  // A move takes the handle along; the focus comes back to it.
  const { stage } = grabbed;
  setTimeout(() => {
    if (document.activeElement?.closest(".stage-card")?.dataset.stage === stage) return;
    if (document.activeElement === document.body) return;
    grabbed = null;
    show(null);
  }, 200);
});

document.addEventListener("builder-changed", () => {
  watch();
  show(grabbed?.stage);
});
watch();
