import { hideIn, type Masks } from "../execution/masks.ts";
import type { Value } from "../expression/value.ts";
import type { AskedCall } from "./dispatcher.ts";

const mostTitle = 200;
const mostReason = 500;
const mostInput = 16 * 1024;

type AskedFacts = Omit<AskedCall, "id">;

/** What people are shown of a call. Secrets are hidden before anything is cut, because the cut may go through one. */
export function askedCall({ tool, title, input, reason }: AskedFacts, masks: Masks): AskedFacts {
  const { hide } = masks;
  return {
    tool: hide(tool).slice(0, mostTitle),
    title: hide(title).slice(0, mostTitle),
    input: cutInput(hideIn(input, masks)),
    reason: reason === null ? null : hide(reason).slice(0, mostReason),
  };
}

/** An input that is too long is kept as the beginning of its JSON. */
function cutInput(input: Value): Value {
  const text = JSON.stringify(input);
  if (Buffer.byteLength(text) <= mostInput) return input;
  const whole = Buffer.from(text).subarray(0, mostInput - 3);
  return `${whole.toString("utf8").replace(/\ufffd+$/, "")}…`;
}
