import { Elysia } from "elysia";
import type { Problem } from "../problem.ts";
import type { Context } from "../server-parts.ts";

/** The pages, as a part of the application. */
export function pages(_context: Context): Elysia {
  return new Elysia({ name: "pages", normalize: false }).get(
    "/",
    () => new Response(null, { status: 302, headers: { location: "/workflows" } }),
  ) as unknown as Elysia;
}

/** An error as a page, for whoever asked for a page; null: as JSON. */
export function problemPage(_problem: Problem, _traceId: string, _context: Context): Response | null {
  return null;
}
