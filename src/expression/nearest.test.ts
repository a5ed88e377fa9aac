import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

const keys = ["workflow", "config", "stages", "type", "name", "tags", "model", "approvers", "default"];

test.each([
  ["tyep", "type"],
  ["naem", "name"],
  ["tgas", "tags"],
  ["modle", "model"],
  ["stgaes", "stages"],
  ["cofnig", "config"],
  ["aprovers", "approvers"],
  ["defualt", "default"],
  ["worfklow", "workflow"],
  ["wrokflwo", "workflow"],
  ["same", "name"],
  ["kind", null],
])("a swap of neighbours is one error: %p was probably meant as %p", (word, name) => {
  expect(nearest(word, keys)).toBe(name);
});

test("a swap is as near as one wrong letter, and the nearest counts", () => {
  expect(nearest("tset", ["reset", "test", "sets"])).toBe("test");
});

test.each([
  ["reveiw", "review"],
  ["REVIEW", "review"],
  ["sca", "scan"],
  ["deploy", "deploy"],
  ["xyz", null],
  ["", null],
  ["s".repeat(10_000), null],
])("%p was probably meant as %p", (word, name) => {
  expect(nearest(word, ["scan", "review", "deploy", "s".repeat(10_001)])).toBe(name);
});
