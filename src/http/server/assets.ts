import type { Elysia } from "elysia";
import { gunzipSync } from "node:zlib";
import { HttpError } from "./problem.ts";
import { readPublic } from "./read-public.ts" with { type: "macro" };
import { takesGzip } from "./takes-gzip.ts";

interface Asset {
  type: string;
  isGzipped: boolean;
  /** The stored bytes; decoded from base64 when first asked for. */
  bytes(): Uint8Array<ArrayBuffer>;
}

const types: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  png: "image/png",
  ico: "image/x-icon",
  txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json",
};

const { hash, files } = readPublic();
const assets = new Map(files.map(({ path, content, isGzipped }) => [path, asset(path, content, isGzipped)]));

/**
 * The address of a file of `public/`, such as `css/base.css`. The hash is that of all files, so that a style sheet may
 * name a font beside it by a relative address. Throws for a file that is not there: that is a bug.
 */
export function assetUrl(path: string): string {
  if (!assets.has(path)) throw new Error(`public/ has no "${path}"`);
  return `/assets/${hash}/${path}`;
}

/** Serves the embedded files; a client that asks by the present hash may cache the answer for ever. */
export function mountAssets(app: Elysia): void {
  app.get("/assets/:hash/*", ({ params, request }) => answer(params["*"], params.hash, request));
  app.get("/favicon.ico", ({ request }) => answer("icons/mark.svg", "", request));
}

function answer(path: string, asked: string, request: Request): Response {
  const found = assets.get(path);
  if (!found) throw new HttpError(404, "not_found", `there is no file "${path.slice(0, 100)}"`);
  const headers: Record<string, string> = {
    "content-type": found.type,
    "cache-control": asked === hash ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
  };
  if (!found.isGzipped) return new Response(found.bytes(), { headers });
  if (!takesGzip(request)) return new Response(gunzipSync(found.bytes()), { headers });
  return new Response(found.bytes(), { headers: { ...headers, "content-encoding": "gzip" } });
}

function asset(path: string, content: string, isGzipped: boolean): Asset {
  let made: Uint8Array<ArrayBuffer> | null = null;
  const ending = path.slice(path.lastIndexOf(".") + 1);
  return {
    type: types[ending] ?? "application/octet-stream",
    isGzipped,
    bytes: () => (made ??= new Uint8Array(Buffer.from(content, "base64"))),
  };
}
