import type { Toast } from "../../../views/layout/frame.ts";
import { cookieOf } from "../server/cookie.ts";

const name = "toast";
const mostLength = 600;

/** Stores a message for the page that a form leads to. */
export function toastCookie({ kind, text }: Toast): string {
  const value = Buffer.from(`${kind === "failed" ? "!" : " "}${text.slice(0, mostLength)}`).toString(
    "base64url",
  );
  return `${name}=${value}; Path=/; Max-Age=20; HttpOnly; SameSite=Strict`;
}

/** The message a form has left for this page. */
export function toastOf(request: Request): Toast | null {
  const value = cookieOf(request, name);
  if (!value) return null;
  const text = Buffer.from(value, "base64url").toString();
  return { kind: text.startsWith("!") ? "failed" : "done", text: text.slice(1) };
}

/** Deletes the message once a page has shown it. */
export function shownToast(request: Request): Record<string, string> {
  return cookieOf(request, name)
    ? { "set-cookie": `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict` }
    : {};
}
