/**
 * Path and query of a request, as they were sent. Making a `URL` for each request costs more than a list that is
 * cached.
 */
export function addressOf({ url }: Pick<Request, "url">): string {
  // A Host that is not a valid address does not change the path.
  if (url.startsWith("/")) return url;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start < 0 ? "/" : url.slice(start);
}

/** The path alone. */
export function pathOf(request: Request): string {
  const address = addressOf(request);
  const end = address.indexOf("?");
  return end < 0 ? address : address.slice(0, end);
}
