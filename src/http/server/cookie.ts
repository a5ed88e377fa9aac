/** The value of a cookie; null when there is none. */
export function cookieOf(request: Request, name: string): string | null {
  return cookiesOf(request, name)[0] ?? null;
}

/** All values that were sent under a name: another page of this host may have set one more, for a part of the paths. */
export function cookiesOf(request: Request, name: string): string[] {
  const parts = (request.headers.get("cookie") ?? "").split(";").map((part) => part.trim());
  return parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
}
