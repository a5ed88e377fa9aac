import { jsx, type Child, type Html } from "../../../views/jsx/jsx-runtime.ts";

/** A part of a page with the place it goes to. */
export function partial(
  target: string,
  swap: "outerHTML" | "outerMorph" | "innerHTML" | "beforeend",
  children: Child,
): Html {
  return jsx("hx-partial", { "hx-target": target, "hx-swap": swap, children } as { children: Child });
}
