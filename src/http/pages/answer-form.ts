import { ToastLine } from "../../../views/layout/toasts.tsx";
import type { Toast } from "../../../views/layout/frame.ts";
import { render, type Html } from "../../../views/jsx/jsx-runtime.ts";
import { localPath } from "../server/local-path.ts";
import { problemOf, type Problem } from "../server/problem.ts";
import { noteCode } from "../server/record-failure.ts";
import { html, redirect, wantsFragments, type FormCall, type Answer } from "./page-route.ts";
import { toastCookie } from "./toast-cookie.ts";

/** What became of a form. */
export interface FormResult {
  toast: Toast | null;
  /** The page to go to. */
  location: string;
  /** The fragments that a script swaps instead of following the redirect; null: it follows it, too. */
  fragments: (() => Html[]) | null;
  /** What the browser stores, as the value of a `set-cookie`. */
  cookie?: string;
}

/**
 * Does what a form asks. A script gets the parts of the page that have changed, or the message of what went wrong;
 * without scripts the browser goes to the page, which shows the message.
 */
export async function answerForm(
  call: FormCall,
  back: string,
  doIt: () => Promise<FormResult>,
): Promise<Answer> {
  try {
    return answerOf(call, await doIt());
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    noteCode(call.request, problem.code);
    return refusal(call, back, problem);
  }
}

function answerOf({ request }: FormCall, { toast, location, fragments, cookie }: FormResult): Answer {
  if (wantsFragments(request) && fragments !== null) {
    const parts = [...fragments(), ...(toast ? [toastPart(toast)] : [])].map(render).join("\n");
    return html(parts, 200, cookie === undefined ? {} : { "set-cookie": cookie });
  }
  const headers = new Headers();
  for (const each of [toast === null ? undefined : toastCookie(toast), cookie]) {
    if (each !== undefined) headers.append("set-cookie", each);
  }
  // A script is told where to go; a browser follows the redirect by itself.
  headers.set(wantsFragments(request) ? "hx-redirect" : "location", location);
  return new Response(null, { status: wantsFragments(request) ? 200 : 303, headers });
}

function refusal({ request }: FormCall, back: string, problem: Problem): Answer {
  const toast = { kind: "failed", text: problem.message } as const;
  if (!wantsFragments(request)) return redirect(back, { "set-cookie": toastCookie(toast) });
  return html(render(toastPart(toast)), problem.status);
}

function toastPart(toast: Toast): Html {
  return ToastLine.update({ toast });
}

/** The path of this server that a form says to go back to; else the other. */
export function backOf(form: URLSearchParams, otherwise: string): string {
  return localPath(form.get("back"), otherwise);
}
