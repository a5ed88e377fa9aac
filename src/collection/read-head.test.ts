import { expect, test } from "bun:test";
import { readHead } from "./read-head.ts";

test.each([
  ["---\nname: a\ndescription: does b\n---\nText", { name: "a", description: "does b" }],
  ["---\nname: 7\n---\n", { name: null, description: null }],
  ["---\nname: a\n", { name: null, description: null }],
  ["Text", { name: null, description: null }],
])("%j has the head %p, each time it is read", (text, head) => {
  for (let time = 0; time < 2; time++) expect(readHead(text, { mayBeIndented: false })).toEqual(head);
});

test("the same text is read otherwise where its head may be indented", () => {
  const text = "\n  ---\n  name: a\n  ---\n";
  expect(readHead(text, { mayBeIndented: false }).name).toBeNull();
  expect(readHead(text, { mayBeIndented: true }).name).toBe("a");
});
