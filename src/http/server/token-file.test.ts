import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getOwnToken, readOwnToken, readTokenFile, tokenFile } from "./token-file.ts";

const root = mkdtempSync(join(tmpdir(), "skillmeat-token-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

function aHome(): string {
  const home = join(root, `home-${++made}`);
  mkdirSync(home);
  return home;
}

function aFile(content: string, mode = 0o600): string {
  const file = join(root, `token-${++made}`);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

const good = "0123456789abcdef";

test("a home's token is made once, 0600, and is the same from then on; nothing else is left", () => {
  const home = join(root, "not", "there", "yet");
  expect(readOwnToken(home)).toBeNull();
  const before = process.umask(0);
  const token = getOwnToken(home);
  process.umask(before);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect([getOwnToken(home), readOwnToken(home)]).toEqual([token, token]);
  expect(statSync(tokenFile(home)).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(["serve.token"]);
  expect(getOwnToken(aHome())).not.toBe(token);
});

test.each([
  ["that others may read", (file: string) => writeFileSync(file, good), 0o644, "mode 0644"],
  ["that a group may write", (file: string) => writeFileSync(file, good), 0o620, "mode 0620"],
  ["that is empty", (file: string) => writeFileSync(file, ""), 0o600, "is empty"],
  ["with a short token", (file: string) => writeFileSync(file, "short"), 0o600, "too short"],
  ["with two lines", (file: string) => writeFileSync(file, `${good}\n${good}\n`), 0o600, "more in it"],
  ["that is huge", (file: string) => writeFileSync(file, "x".repeat(100_000)), 0o600, "too long"],
  ["that is a folder", (file: string) => mkdirSync(file), 0o700, "is not a file"],
  ["that is a link", (file: string) => symlinkSync(aFile(good), file), null, "is a symbolic link"],
  ["that is a link to nothing", (file: string) => symlinkSync("/nowhere", file), null, "is a symbolic link"],
  ["that is a pipe", (file: string) => Bun.spawnSync(["mkfifo", file]), 0o600, "is not a file"],
])("a home's file %s is refused, and not replaced", (_, make, mode, why) => {
  const home = aHome();
  make(tokenFile(home));
  if (mode !== null) chmodSync(tokenFile(home), mode);
  expect(() => getOwnToken(home)).toThrow(why);
  expect(() => readOwnToken(home)).toThrow("delete it, and the next start makes a new one");
});

test("a file that is named may be a link, and has space around its token", () => {
  const link = join(root, "link");
  symlinkSync(aFile(`  ${good}\r\n`), link);
  expect(readTokenFile(link)).toBe(good);
  expect(readTokenFile(aFile("two words make a token"))).toBe("two words make a token");
});

test.each([
  [0o644, "mode 0644"],
  [0o660, "mode 0660"],
  [0o604, "chmod 600"],
])("a named file with mode %o is refused", (mode, why) => {
  expect(() => readTokenFile(aFile(good, mode))).toThrow(why);
});

test("a named file that is empty, missing, or a folder is told", () => {
  expect(() => readTokenFile(aFile(" \n"))).toThrow("is empty");
  expect(() => readTokenFile(join(root, "missing"))).toThrow("there is no token file");
  expect(() => readTokenFile(root)).toThrow("is a folder");
  expect(() => readTokenFile(aFile("é".repeat(20)))).toThrow("plain letters");
  expect(existsSync(join(root, "missing"))).toBe(false);
});

test("no message has the token in it", () => {
  for (const content of [`${good}\n${good}`, "é".repeat(20), "tooshort"]) {
    try {
      readTokenFile(aFile(content));
      throw new Error("it was taken");
    } catch (error) {
      expect(String(error)).not.toContain(content.slice(0, 8));
    }
  }
});
