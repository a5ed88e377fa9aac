import { libraryPath, withQuery } from "../paths.ts";
import type { WorkflowSummary } from "./workflow-summary.ts";

/** What the address asks for. */
export interface LibraryQuery {
  search: string;
  tags: readonly string[];
  status: string;
  sort: string;
  view: "cards" | "list";
}

export interface Library {
  query: LibraryQuery;
  workflows: readonly WorkflowSummary[];
  total: number;
  /** Workflows of this page that cannot be read and are not among them. */
  damaged: number;
  /** Every tag there is, with how often it is used. */
  tags: readonly { tag: string; count: number }[];
  next: string | null;
  previous: string | null;
}

/** The library as the query asks, from its start. */
export function pathOf(query: LibraryQuery, change: Partial<LibraryQuery> = {}): string {
  const { search, tags, status, sort, view } = { ...query, ...change };
  return withQuery(libraryPath, {
    search,
    tag: tags,
    status,
    sort: sort === "-updated_at" ? "" : sort,
    view: view === "cards" ? "" : view,
  });
}
