/** Every address of the pages, in one place. Ids go through `encodeURIComponent`: they are people's own texts. */

export const libraryPath = "/workflows";
export const executionsPath = "/workflows/executions";
export const approvalsPath = "/approvals";

/** Ids that are pages of their own below `/workflows`; no id begins with `~`. */
const pageNames: ReadonlySet<string> = new Set(["new", "import", "executions"]);

export function workflowPath(slug: string, part = ""): string {
  const name = pageNames.has(slug) ? `~${slug}` : encodeURIComponent(slug);
  return `/workflows/${name}${part === "" ? "" : `/${part}`}`;
}

export function executionPath(slug: string, runId: string, part = ""): string {
  return workflowPath(slug, `executions/${encodeURIComponent(runId)}${part === "" ? "" : `/${part}`}`);
}

/** The form that tries one agent; `ref`: such as `agent:reviewer`. */
export function tryPath(ref: string): string {
  return withQuery("/agents/try", { agent: ref });
}

export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** A path with what is not empty of a query; the path alone when all is. */
export function withQuery(path: string, query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === "object" ? (value ?? []) : [value])
      if (each !== undefined && each !== "") given.append(name, String(each));
  }
  const text = given.toString();
  return text === "" ? path : `${path}?${text}`;
}
