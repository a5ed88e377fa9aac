import { expect, test } from "bun:test";
import { elapsedText } from "./elapsed.ts";

test.each([
  [-5, "0.0s"],
  [420, "0.4s"],
  [9_960, "10s"],
  [59_499, "59s"],
  [59_900, "1m 00s"],
  [185_000, "3m 05s"],
  [3_599_900, "1h 00m"],
  [93_600_000, "1d 02h"],
])("%p ms is %p", (ms, text) => expect(elapsedText(ms)).toBe(text));
