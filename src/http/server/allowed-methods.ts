interface Route {
  method: string;
  path: string;
}

/** The methods that a path takes, in alphabetical order, HEAD with GET; none when no route has the path. */
export function allowedMethods(routes: readonly Route[], path: string): string[] {
  const methods = new Set<string>();
  const segments = path.split("/");
  for (const route of routes) {
    if (!isOf(route.path.split("/"), segments)) continue;
    methods.add(route.method);
    if (route.method === "GET") methods.add("HEAD");
  }
  return [...methods].toSorted();
}

/** `:name` stands for one segment, `*` at the end for any number of them. */
function isOf(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.at(-1) === "*") {
    const fixed = pattern.slice(0, -1);
    return segments.length >= pattern.length && isOf(fixed, segments.slice(0, fixed.length));
  }
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part.startsWith(":") || part === segments[index])
  );
}
