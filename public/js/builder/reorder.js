/* Stages change their place: by drag, and by Space and arrows on the handle. Buttons and the dialog are plain forms. */

import Sortable from "./sortable.min.js";
import { act, say } from "./wire.js";

const cards = () => [...document.querySelectorAll("#flow-list > .stage-card")];
let grabbed = null;
let moves = 0;

/** Where to is found when it is its turn: another move of the same stage may be on its way. */
async function move(stage, placeFrom) {
  moves++;
  await act("move", () => {
    const last = cards().length - 1;
    const to = Math.max(0, Math.min(last, placeFrom(Number(cardOf(stage)?.dataset.at ?? 0))));
    return { stage, to: String(to) };
  });
  moves--;
}

function cardOf(stage) {
  return cards().find((card) => card.dataset.stage === stage);
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
      return move(item.dataset.stage, () => to);
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

const arrows = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // While an answer puts the cards in their new order the focus is nowhere: the key is meant for what is held.
  const isNowhere = document.activeElement === document.body && grabbed !== null && moves > 0;
  const card = isNowhere
    ? cardOf(grabbed.stage)
    : event.target.closest("[data-handle]")?.closest(".stage-card");
  if (!card) return;
  const { stage } = card.dataset;
  const isGrabbed = grabbed?.stage === stage;
  if (event.key === " " || event.key === "Enter") {
    grabbed = isGrabbed ? null : { stage, from: Number(card.dataset.at) };
    say(
      isGrabbed
        ? `${nameOf(card)} dropped, ${place(card)}`
        : `${nameOf(card)} grabbed, ${place(card)}. Arrows move it`,
    );
  } else if (isGrabbed && event.key === "Escape") {
    const { from } = grabbed;
    grabbed = null;
    say(`${nameOf(card)} is back where it was`);
    if (moves > 0 || from !== Number(card.dataset.at)) move(stage, () => from);
  } else if (isGrabbed && Object.hasOwn(arrows, event.key)) {
    move(stage, (at) => at + arrows[event.key]);
  } else return;
  event.preventDefault();
  show(grabbed?.stage);
});

/** Whoever takes the mouse has let go of it. */
document.addEventListener("pointerdown", (event) => {
  if (!grabbed || event.target.closest(".stage-card")?.dataset.stage === grabbed.stage) return;
  grabbed = null;
  show(null);
});

document.addEventListener("focusout", (event) => {
  if (!grabbed || !event.target.closest("[data-handle]")) return;
  // A move takes the handle along; the focus comes back to it.
  const { stage } = grabbed;
  setTimeout(() => {
    if (document.activeElement?.closest(".stage-card")?.dataset.stage === stage) return;
    if (document.activeElement === document.body || grabbed?.stage !== stage) return;
    grabbed = null;
    show(null);
  }, 200);
});

document.addEventListener("builder-changed", () => {
  watch();
  show(grabbed?.stage);
});
watch();
