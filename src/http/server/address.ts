/** Path and query of a request, as they were sent. A `URL` of each request costs more than a list that is kept. */
export function addressOf({ url }: Pick<Request, "url">): string {
  // A Host that makes no address leaves the path alone.
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
