import { libraryPage } from "../../../views/workflows/library.tsx";
import type { LibraryQuery } from "../../../views/workflows/library-query.ts";
import { refreshIndex } from "../../operation/refresh-index.ts";
import { listLibrary } from "../../operation/list-library.ts";
import { workflowSorts, workflowTagCounts } from "../../store/list-workflows.ts";
import { workflowStatuses } from "../../store/workflow-record.ts";
import { frameOf } from "./page-frame.ts";
import { html, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";
import { summaryOf } from "./workflow-summary.ts";

const cardsAPage = 60;

export function mountLibrary(routes: PageRoutes): void {
  routes.kept("/workflows", library, refreshIndex);
}

function library({ context, request, url }: PageCall): Answer {
  const { store } = context;
  const query = queryOf(url.searchParams);
  const found = listLibrary(context, {
    search: query.search === "" ? null : query.search,
    tags: query.tags,
    status: workflowStatuses.find((status) => status === query.status) ?? null,
    sort: workflowSorts.find((sort) => sort === query.sort) ?? "-updated_at",
    limit: cardsAPage,
    cursor: url.searchParams.get("cursor"),
  });
  const page = libraryPage(frameOf(context, request), {
    query,
    workflows: found.items.map((workflow) => summaryOf(store, workflow)),
    total: found.total_count,
    damaged: found.damaged ?? 0,
    tags: workflowTagCounts(store),
    next: found.next_cursor,
    previous: found.prev_cursor,
  });
  return html(page, 200, shownToast(request));
}

function queryOf(given: URLSearchParams): LibraryQuery {
  const sort = given.get("sort") ?? "";
  return {
    search: (given.get("search") ?? "").slice(0, 200),
    tags: given.getAll("tag").slice(0, 20),
    status: workflowStatuses.find((status) => status === given.get("status")) ?? "",
    sort: workflowSorts.find((each) => each === sort) ?? "-updated_at",
    view: given.get("view") === "list" ? "list" : "cards",
  };
}
