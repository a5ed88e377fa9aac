import { createAnswerCache } from "../server/answer-cache.ts";
import { cookieOf } from "../server/cookie.ts";
import type { Context } from "../server/server-parts.ts";
import { takesGzip } from "../server/takes-gzip.ts";
import { decidedAsName } from "./decider-cookie.ts";

/**
 * Pages that follow from the database and the clock alone are cached, compressed, while neither moves on, because many
 * tabs ask for the same page when something has happened. Ages and times on them are then at most a second old.
 */
export interface PageCache {
  answer(request: Request, make: () => Promise<Response>): Promise<Response>;
}

const lifeMs = 1_000;

export function createPageCache({ store, engineTrouble }: Context): PageCache {
  const cache = createAnswerCache(store);
  return {
    answer: async (request, make) => {
      // A message is for one reader and shown once, so a page with one is not cached.
      if (cookieOf(request, "toast")) return make();
      const isPacked = takesGzip(request);
      const key = keyOf(request, isPacked, engineTrouble()?.message ?? "");
      const { body: known, mark } = cache.get(key);
      if (known) return new Response(known, { headers: headersOf(isPacked) });
      const response = await make();
      if (response.status !== 200 || response.headers.has("set-cookie")) return response;
      const body = await response.arrayBuffer();
      if (response.headers.has("content-encoding") === isPacked) cache.keep(key, body, mark);
      return new Response(body, { headers: response.headers });
    },
  };
}

function keyOf(request: Request, isPacked: boolean, state: string): string {
  const looks = ["theme", "keys", decidedAsName].map((name) => cookieOf(request, name) ?? "");
  return [Math.floor(Date.now() / lifeMs), state, isPacked, ...looks, request.url].join("\n");
}

function headersOf(isPacked: boolean): Record<string, string> {
  const type = { "content-type": "text/html; charset=utf-8", vary: "accept-encoding" };
  return isPacked ? { ...type, "content-encoding": "gzip" } : type;
}
