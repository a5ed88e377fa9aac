import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { chooseWorkdir } from "./choose-workdir.ts";

const top = realpathSync(mkdtempSync(join(tmpdir(), "skillmeat-roots-")));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const at = (...names: string[]) => join(top, ...names);
mkdirSync(at("root", "below", "deep"), { recursive: true });
mkdirSync(at("root-beside"));
mkdirSync(at("other"));
writeFileSync(at("root", "file"), "");
symlinkSync(at("root"), at("to-root"));
symlinkSync(at("other"), at("root", "out"));
symlinkSync(at("root", "below"), at("other", "in"));
symlinkSync(at("nowhere"), at("root", "broken"));
symlinkSync(at("root", "loop"), at("root", "loop"));

const roots = [at("to-root")];
const choose = (asked: string | undefined, within = roots) =>
  chooseWorkdir(asked, { fallback: "/started/here", roots: within });

test.each([
  [undefined, "/started/here"],
  [at("root"), at("root")],
  [`${at("root")}/`, at("root")],
  [at("to-root", "below"), at("root", "below")],
  [at("root", "below", "..", "below", "deep"), at("root", "below", "deep")],
  [at("other", "in"), at("root", "below")],
  [`${at("root")}//below/.`, at("root", "below")],
])("%p is %p", (asked, folder) => expect(choose(asked)).toBe(folder));

test.each([
  ["", "is no absolute path"],
  ["below", "is no absolute path"],
  ["~/x", "is no absolute path"],
  [at("root", "missing"), "is no folder"],
  [at("root", "file"), "is no folder"],
  [at("root", "file", "x"), "is no folder"],
  [at("root", "broken"), "is no folder"],
  [at("root", "loop"), "is no folder"],
  [`${at("root")}\0`, "is no folder"],
  [`/${"x".repeat(5000)}`, "is no folder"],
  [at("root-beside"), "outside"],
  [at("root", "out"), "outside"],
  [at("root", "..", "other"), "outside"],
  [`${at("root")}/../other`, "outside"],
  [top, "outside"],
  ["/", "outside"],
])("%p is refused", (asked, why) => {
  try {
    choose(asked);
    throw new Error("it was taken");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect([error.code, error.message]).toEqual(["workdir_not_allowed", expect.stringContaining(why)]);
    expect(error.message.length).toBeLessThan(500);
  }
});

test("a root that is not there lets nothing in, and the root of all lets everything in", () => {
  expect(() => choose(at("root"), [at("nowhere")])).toThrow("outside");
  expect(choose(at("other"), [at("nowhere"), "/"])).toBe(at("other"));
});
