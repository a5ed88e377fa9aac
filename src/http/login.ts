import type { Elysia } from "elysia";
import type { Access } from "./access.ts";
import { escapeHtml } from "./escape-html.ts";
import { sessionCookie, tooManyFailures } from "./guard.ts";
import { localPath } from "./local-path.ts";
import { HttpError } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";

const sessionMs = 7 * 24 * 60 * 60 * 1000;
const mostFormBytes = 4096;

/** The page that takes the token and gives a session cookie, where the server has one. */
export function mountLogin(
  app: Elysia,
  {
    access,
    limit,
    styles,
    clientOf,
  }: {
    access: Access;
    limit: RateLimit;
    styles: readonly string[];
    clientOf: (request: Request) => string;
  },
): void {
  const { token } = access;
  if (!token) return;
  app.get("/login", ({ request }) =>
    loginPage(localPath(new URL(request.url).searchParams.get("to"), "/"), styles, null),
  );
  app.post(
    "/login",
    async ({ request }) => {
      const client = clientOf(request);
      const seconds = limit.waitSeconds(client);
      if (seconds > 0) throw tooManyFailures(seconds);
      const form = await formOf(request);
      const to = localPath(form.get("to"), "/");
      if (!token.matches(form.get("token") ?? "")) {
        limit.fail(client);
        return loginPage(to, styles, "The token is not this server's.");
      }
      limit.forget(client);
      const cookie = sessionCookieText(token.session(Date.now() + sessionMs), sessionMs / 1000);
      return new Response(null, { status: 303, headers: { location: to, "set-cookie": cookie } });
    },
    { parse: "none" } as never,
  );
  app.post("/logout", () => {
    const headers = { location: "/login", "set-cookie": sessionCookieText("", 0) };
    return new Response(null, { status: 303, headers });
  });
}

function sessionCookieText(value: string, seconds: number): string {
  return `${sessionCookie}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}

async function formOf(request: Request): Promise<URLSearchParams> {
  if (Number(request.headers.get("content-length") ?? Number.NaN) <= mostFormBytes) {
    return new URLSearchParams(await request.text());
  }
  throw new HttpError(413, "too_large", "the form is too large");
}

function loginPage(to: string, styles: readonly string[], trouble: string | null): Response {
  const links = styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`).join("");
  const said = trouble === null ? "" : `<p role="alert">${escapeHtml(trouble)}</p>`;
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · skillmeat</title>${links}</head>
<body class="login"><main><h1>skillmeat</h1>${said}
<form method="post" action="/login"><input type="hidden" name="to" value="${escapeHtml(to)}">
<label>Token <input type="password" name="token" required autofocus autocomplete="current-password"></label>
<button type="submit">Log in</button></form></main></body></html>
`;
  return new Response(page, {
    status: trouble === null ? 200 : 401,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}
