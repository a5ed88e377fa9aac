import { executionState, markIcons } from "../../../views/components/state.ts";
import { executionName } from "../../../views/components/execution-name.ts";
import { findPage, type Hit, type HitGroup } from "../../../views/find.tsx";
import {
  approvalsPath,
  executionPath,
  executionsPath,
  libraryPath,
  workflowPath,
} from "../../../views/paths.ts";
import type { Store } from "../../store/database.ts";
import { listExecutions } from "../../store/list-executions.ts";
import type { Library } from "../../operation/refresh-index.ts";
import { listLibrary } from "../../operation/list-library.ts";
import { frameOf } from "./page-frame.ts";
import { html, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";

const mostOfAKind = 6;

/** Search results for the palette, and as a page of its own without scripts. */
export function mountFind(routes: PageRoutes): void {
  routes.page("/find", find);
}

function find({ context, request, url }: PageCall): Answer {
  const search = (url.searchParams.get("q") ?? "").trim().slice(0, 200);
  const page = findPage(frameOf(context, request), search, groupsFor(context, search));
  return html(page, 200, shownToast(request));
}

function groupsFor(library: Library, search: string): HitGroup[] {
  const { store } = library;
  const groups = [
    { name: "Waiting for you", hits: findWaitingGates(store, search) },
    { name: "Workflows", hits: workflows(library, search) },
    { name: "Executions", hits: executions(store, search) },
    { name: "Pages", hits: pages.filter(({ name, note }) => isLike(`${name} ${note}`, search)) },
  ];
  return groups.filter(({ hits }) => hits.length > 0);
}

function findWaitingGates(store: Store, search: string): Hit[] {
  return listExecutions(store, { live: true, limit: 100 })
    .items.filter(({ waiting_gates }) => waiting_gates.length > 0)
    .flatMap((execution) =>
      execution.waiting_gates.map((gate): Hit => ({
        name: `Approve ${gate}`,
        note: `${execution.workflow_name} ${executionName(execution.run_id)}`,
        path: `${executionPath(execution.workflow_slug, execution.run_id)}?stage=${encodeURIComponent(gate)}`,
        icon: "hand",
      })),
    )
    .filter(({ name, note }) => isLike(`${name} ${note}`, search))
    .slice(0, mostOfAKind);
}

/** "run x" finds x and offers to run it first. */
function workflows(library: Library, search: string): Hit[] {
  const [, asked] = /^run\s*(.*)$/i.exec(search) ?? [];
  const found = listLibrary(library, { search: (asked ?? search) || null, limit: mostOfAKind }).items;
  return found.flatMap(({ slug, name, version }): Hit[] => {
    const open: Hit = { name, note: `v${version}`, path: workflowPath(slug), icon: "workflow" };
    const run: Hit = { name: `Run ${name}`, note: "start it", path: workflowPath(slug, "run"), icon: "play" };
    return asked === undefined ? [open, run] : [run, open];
  });
}

function executions(store: Store, search: string): Hit[] {
  return listExecutions(store, { search: search === "" ? null : search, limit: mostOfAKind }).items.map(
    (execution): Hit => ({
      name: `${execution.workflow_name} ${executionName(execution.run_id)}`,
      note: executionState(execution).word.toLowerCase(),
      path: executionPath(execution.workflow_slug, execution.run_id),
      icon: markIcons[executionState(execution).mark],
    }),
  );
}

const pages: readonly Hit[] = [
  { name: "Workflows", note: "library", path: libraryPath, icon: "workflow" },
  { name: "Executions", note: "runs", path: executionsPath, icon: "circle-play" },
  { name: "Approvals", note: "gates that wait", path: approvalsPath, icon: "inbox" },
  { name: "Import YAML", note: "a new workflow", path: "/workflows/import", icon: "upload" },
  { name: "Agents", note: "collection", path: "/agents", icon: "bot" },
  { name: "Skills", note: "collection", path: "/skills", icon: "sparkles" },
  { name: "Context", note: "collection", path: "/context", icon: "layers" },
  { name: "Settings", note: "theme, keys, engine", path: "/settings", icon: "settings" },
];

function isLike(text: string, search: string): boolean {
  return text.toLowerCase().includes(search.toLowerCase());
}
