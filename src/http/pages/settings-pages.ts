import type { Login } from "../../../views/logins.tsx";
import { settingsPage } from "../../../views/settings.tsx";
import { version } from "../../version.ts";
import { countLiveSteps } from "../../store/count-steps.ts";
import type { Context } from "../server/server-parts.ts";
import { backOf } from "./answer-form.ts";
import { frameOf } from "./page-frame.ts";
import {
  html,
  wantsFragments,
  type FormCall,
  type PageCall,
  type PageRoutes,
  type Answer,
} from "./page-route.ts";
import { shownToast, toastCookie } from "./toast-cookie.ts";

const yearSeconds = 365 * 24 * 60 * 60;

/** A browser's preferences, which it stores itself, in cookies. */
export function mountSettings(routes: PageRoutes): void {
  routes.page("/settings", showSettings);
  routes.form("/settings", saveSettings);
  routes.form("/settings/theme", saveTheme);
  routes.form("/settings/sessions/end", endSession);
  routes.form("/settings/sessions/end-others", endOtherSessions);
}

function showSettings({ context, request }: PageCall): Answer {
  const frame = frameOf(context, request);
  const page = settingsPage(frame, {
    version,
    home: context.home,
    workdir: context.options.workdir,
    user: context.user,
    running: countLiveSteps(context.store).get("running") ?? 0,
    live: frame.liveCount,
    trouble: frame.engine.trouble,
    logins: loginsFor(context, request),
  });
  return html(page, 200, shownToast(request));
}

function loginsFor({ access, sessions }: Context, request: Request): Login[] | null {
  if (access.token === null) return null;
  const here = sessions.of(request)?.id;
  return sessions.list().map(({ id, client, created_at, expires_at }) => ({
    id,
    client,
    created_at,
    expires_at,
    isHere: id === here,
  }));
}

function endSession({ context, form }: FormCall): Answer {
  const id = form.get("id") ?? "";
  const isKnown = context.sessions.list().some((session) => session.id === id);
  if (isKnown) context.sessions.end(id);
  return answerToast(isKnown ? "That login has ended." : "That login had ended already.");
}

function endOtherSessions({ context, request }: FormCall): Answer {
  const here = context.sessions.of(request)?.id;
  for (const { id } of context.sessions.list()) if (id !== here) context.sessions.end(id);
  return answerToast("All other logins have ended.");
}

function answerToast(text: string): Answer {
  return leadingTo("/settings#logins", [toastCookie({ kind: "done", text })]);
}

function saveSettings({ form }: FormCall): Answer {
  const cookies = [
    themeCookie(form.get("theme")),
    cookie("keys", form.get("keys") === "on" ? "" : "off"),
    toastCookie({ kind: "done", text: "Saved" }),
  ];
  return leadingTo("/settings", cookies);
}

function saveTheme({ form, request }: FormCall): Answer {
  const cookie = themeCookie(form.get("theme"));
  // The page's script has changed the page itself already.
  if (wantsFragments(request)) return new Response(null, { status: 204, headers: { "set-cookie": cookie } });
  return leadingTo(backOf(form, "/workflows"), [cookie]);
}

function themeCookie(theme: string | null): string {
  return cookie("theme", theme === "light" || theme === "dark" ? theme : "");
}

/** An empty value deletes it. */
function cookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${value === "" ? 0 : yearSeconds}; HttpOnly; SameSite=Strict`;
}

function leadingTo(location: string, cookies: readonly string[]): Answer {
  const headers = new Headers({ location });
  for (const each of cookies) headers.append("set-cookie", each);
  return new Response(null, { status: 303, headers });
}
