import type { Elysia } from "elysia";
import { loginPage } from "../../../views/login.tsx";
import { assetUrl } from "./assets.ts";
import { cookieOf } from "./cookie.ts";
import { checkToken, type Door } from "./guard.ts";
import { localPath } from "./local-path.ts";
import { useLoginLink } from "./login-link.ts";
import { retryWhileLocked } from "./retry-while-locked.ts";
import { problemOf, HttpError } from "./problem.ts";
import type { Context } from "./server-parts.ts";

const mostFormBytes = 4096;
const staleLink = "This link was used already, or it is older than 10 minutes. Ask for a new one.";

interface LoginParts {
  context: Context;
  doorOf: (request: Request) => Door;
  styles: readonly string[];
  /** True for a request that only wants to know what GET would answer. */
  isHead: (request: Request) => boolean;
}

/** The page that takes the token, the link that logs in once, and the way out. Each login is a session of its own. */
export function mountLogin(app: Elysia, parts: LoginParts): void {
  const { context, styles } = parts;
  const { token } = context.access;
  app.get("/login", ({ request }) => {
    const query = new URL(request.url).searchParams;
    const to = localPath(query.get("to"), "/");
    if (!token || context.sessions.of(request)) return leadingTo(to);
    const link = query.get("t");
    // A request that only looks ahead (a preview of the link, a browser that guesses) must not use the link up.
    if (link !== null && !isLookAhead(request, parts)) return followLink(request, link, to, parts);
    return answer(request, { to, styles, trouble: query.has("stale") ? staleLink : null }, 200);
  });
  app.post(
    "/login",
    async ({ request }) => {
      const form = await formOf(request);
      const to = localPath(form.get("to"), "/");
      if (!token) return leadingTo(to);
      try {
        checkToken((form.get("token") ?? "").trim(), token, parts.doorOf(request));
      } catch (error) {
        const problem = problemOf(error);
        if (!problem) throw error;
        return answer(
          request,
          { to, styles, trouble: sentence(problem.message) },
          problem.status,
          problem.headers,
        );
      }
      return leadingTo(to, await retryWhileLocked(() => context.sessions.begin(request)));
    },
    { parse: "none" } as never,
  );
  app.post("/logout", async ({ request }) => {
    const session = context.sessions.of(request);
    if (session) await retryWhileLocked(() => context.sessions.end(session.id));
    return leadingTo("/login", context.sessions.forgetting(request));
  });
}

/** The secret is removed from the address in any case. */
async function followLink(
  request: Request,
  link: string,
  to: string,
  { context, doorOf }: LoginParts,
): Promise<Response> {
  const { limit, client } = doorOf(request);
  const isUsed = await retryWhileLocked(() => useLoginLink(context.store, link, Date.now()));
  if (isUsed) return leadingTo(to, await retryWhileLocked(() => context.sessions.begin(request)));
  limit.fail(client);
  return leadingTo(`/login?stale=1&to=${encodeURIComponent(to)}`);
}

function isLookAhead(request: Request, { isHead }: LoginParts): boolean {
  return (
    isHead(request) || request.headers.has("sec-purpose") || request.headers.get("purpose") === "prefetch"
  );
}

function leadingTo(location: string, cookie: string | null = null): Response {
  const headers = { ...quiet, location, ...(cookie === null ? {} : { "set-cookie": cookie }) };
  return new Response(null, { status: 303, headers });
}

function answer(
  request: Request,
  { to, styles, trouble }: { to: string; styles: readonly string[]; trouble: string | null },
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const theme = cookieOf(request, "theme");
  const page = loginPage({
    theme: theme === "light" || theme === "dark" ? theme : null,
    icon: assetUrl("icons/mark.svg"),
    styles,
    to,
    trouble,
  });
  return new Response(page, {
    status,
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  });
}

/**
 * Other sites must not learn where a login came from. Not for the page itself: without a referrer a browser sends its
 * form with `Origin: null`, which the guard refuses.
 */
const quiet = { "referrer-policy": "no-referrer" };

async function formOf(request: Request): Promise<URLSearchParams> {
  if (Number(request.headers.get("content-length") ?? Number.NaN) <= mostFormBytes) {
    return new URLSearchParams(await request.text());
  }
  throw new HttpError(413, "too_large", "the form is too large");
}

function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}
