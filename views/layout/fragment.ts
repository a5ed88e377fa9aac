import { jsx, type Child, type Html } from "../jsx/jsx-runtime.ts";

/** How a script puts a part into the page: in the place of what is there, into it, or at its end. */
type Swap = "outerHTML" | "outerMorph" | "innerHTML" | "beforeend";

/** A part of a page that also comes by itself: one function draws it with the page and for a script. */
export interface Fragment<Props> {
  (props: Props): Html;
  /** The part with the place it goes to. */
  update(props: Props): Html;
}

/**
 * Makes a fragment. `place` is the DOM id that it goes to; for all but `innerHTML` and `beforeend` it is the fragment's
 * own, which `draw` gets.
 */
export function fragment<Props>(
  place: string | ((props: Props) => string),
  swap: Swap,
  draw: (props: Props, id: string) => Html,
): Fragment<Props> {
  const idOf = (props: Props): string => (typeof place === "string" ? place : place(props));
  const drawInPlace = (props: Props): Html => draw(props, idOf(props));
  return Object.assign(drawInPlace, {
    update: (props: Props) => updatePart(`#${idOf(props)}`, swap, drawInPlace(props)),
  });
}

/** Markup with the place in the page that it goes to. */
export function updatePart(target: string, swap: Swap, children: Child): Html {
  return jsx("hx-partial", { "hx-target": target, "hx-swap": swap, children } as { children: Child });
}

/** For a part that stands outside of what a link or a refresh takes from another page: it comes along with each. */
export const comesAlong = { "hx-swap-oob": "outerMorph" };
