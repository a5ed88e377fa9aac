import { createHash } from "node:crypto";
import { hideIn, type Masks } from "../execution/masks.ts";
import type { Value } from "../expression/value.ts";
import type { AskedCall } from "../execution/permission.ts";

const mostTitle = 200;
const mostReason = 500;
const mostInput = 16 * 1024;

type AskedFacts = Omit<AskedCall, "id" | "fingerprint">;

/** What people are shown of a call. Secrets are hidden before anything is cut, because the cut may go through one. */
export function askedCall({ tool, title, input, reason }: AskedFacts, masks: Masks): Omit<AskedCall, "id"> {
  const { hide } = masks;
  const hidden = hideIn(input, masks);
  return {
    tool: hide(tool).slice(0, mostTitle),
    title: hide(title).slice(0, mostTitle),
    input: cutInput(hidden),
    reason: reason === null ? null : hide(reason).slice(0, mostReason),
    fingerprint: fingerprintOf([hide(tool), hidden]),
  };
}

/** It is stored, so it is made from what is hidden; and from all of it, so that a longer input is another call. */
function fingerprintOf(call: Value): string {
  return createHash("sha256").update(JSON.stringify(call)).digest("hex");
}

/** An input that is too long is kept as the beginning of its JSON. */
function cutInput(input: Value): Value {
  const text = JSON.stringify(input);
  if (Buffer.byteLength(text) <= mostInput) return input;
  const whole = Buffer.from(text).subarray(0, mostInput - 3);
  return `${whole.toString("utf8").replace(/\ufffd+$/, "")}…`;
}
