import { expect, test } from "bun:test";
import { allowedMethods } from "./allowed-methods.ts";

const routes = [
  { method: "GET", path: "/workflows" },
  { method: "POST", path: "/workflows" },
  { method: "PUT", path: "/workflows/:id" },
  { method: "GET", path: "/assets/*" },
];

test.each([
  ["/workflows", ["GET", "HEAD", "POST"]],
  ["/workflows/ship", ["PUT"]],
  ["/assets/css/base.css", ["GET", "HEAD"]],
  ["/assets", []],
  ["/workflows/ship/run", []],
  ["/nothing", []],
])("%s takes %j", (path, methods) => expect(allowedMethods(routes, path)).toEqual(methods));
