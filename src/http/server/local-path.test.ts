import { expect, test } from "bun:test";
import { localPath } from "./local-path.ts";

test.each([
  ["/", "/"],
  ["/workflows?search=a%20b#x", "/workflows?search=a%20b#x"],
  ["/%E6%97%A5", "/%E6%97%A5"],
  [null, "/else"],
  ["", "/else"],
  ["workflows", "/else"],
  ["//evil.example", "/else"],
  ["/\\evil.example", "/else"],
  ["/a\\b", "/else"],
  ["https://evil.example", "/else"],
  ["/日", "/else"],
  ["/é", "/else"],
  ["/a b", "/else"],
  ["/a\r\nset-cookie: x=1", "/else"],
  ["/\u0001", "/else"],
  ["/\u007f", "/else"],
])("%j leads to %s", (given, path) => {
  expect(localPath(given, "/else")).toBe(path);
  expect(new Response(null, { headers: { location: localPath(given, "/else") } }).status).toBe(200);
});
