import { expect, test } from "bun:test";
import { addressOf, pathOf } from "./address.ts";

test.each([
  [
    "http://localhost:8787/api/v1/workflows?limit=5&a=/b",
    "/api/v1/workflows",
    "/api/v1/workflows?limit=5&a=/b",
  ],
  ["http://localhost/", "/", "/"],
  ["http://localhost", "/", "/"],
  ["http://[::1]:8787/a%2Fb", "/a%2Fb", "/a%2Fb"],
])("%s has the path %s", (url, path, address) => {
  const request = new Request(url);
  expect([pathOf(request), addressOf(request)]).toEqual([path, address]);
  expect(pathOf(request)).toBe(new URL(url).pathname);
});

test("a request whose host makes no address has its path all the same", () => {
  const request = { url: "/a/b://c?d=1" } as Request;
  expect([pathOf(request), addressOf(request)]).toEqual(["/a/b://c", "/a/b://c?d=1"]);
});
