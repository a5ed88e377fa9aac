import {
  artifactsPage,
  type ArtifactEntry,
  type ArtifactList,
} from "../../../views/collection/artifact-list.tsx";
import type { Artifacts } from "../../collection/artifacts.ts";
import { listLibrary } from "../../operation/list-library.ts";
import { describeAgent, runsOfAgents } from "../../operation/list-agents.ts";
import type { EffectiveStage } from "../../workflow/effective.ts";
import type { Context } from "../server/server-parts.ts";
import { artifactsOf, frameOf, modulesOf } from "./page-frame.ts";
import { html, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";

const mostWorkflows = 1000;
/** Artifacts on one page. */
const mostShown = 100;

type Kind = ArtifactList["kind"];

/** What the collection holds, and which workflows name it. */
export function mountCollection(routes: PageRoutes): void {
  for (const kind of ["agents", "skills", "context"] as const) {
    routes.page(`/${kind}`, (call) => showArtifacts(call, kind));
  }
}

function showArtifacts({ context, request, url }: PageCall, kind: Kind): Answer {
  const search = (url.searchParams.get("search") ?? "").slice(0, 200);
  const artifacts = artifactsOf(context);
  const all = entriesOf(context, artifacts, kind);
  const wanted = search.toLowerCase();
  const fitting = all.filter(({ name, ref, description }) =>
    `${name} ${ref} ${description ?? ""}`.toLowerCase().includes(wanted),
  );
  const from = pageStart(url, fitting.length);
  const shown = fitting.slice(from, from + mostShown);
  const users = context.engineEnabled ? usersOf(context, artifacts, kind) : new Map<string, never[]>();
  const runs = kind === "agents" ? runsOfAgents(context.store, artifacts, Date.now()) : null;
  const entries = shown.map((entry): ArtifactEntry => {
    const usedBy = users.get(entry.path) ?? [];
    if (runs === null) return { ...entry, usedBy };
    const facts = describeAgent(entry, artifacts, context);
    return { ...entry, usedBy, agent: { ref: entry.ref, facts, runs: runs.byPath.get(entry.path) ?? null } };
  });
  const list: ArtifactList = {
    kind,
    entries,
    search,
    total: all.length,
    found: fitting.length,
    next: from + mostShown < fitting.length ? String(from + mostShown) : null,
    previous: from > 0 ? String(Math.max(0, from - mostShown)) : null,
    isCut: runs?.isCut ?? false,
  };
  return html(artifactsPage(frameOf(context, request), list), 200, shownToast(request));
}

/** Where the page of the list begins that the address asks for. */
function pageStart(url: URL, length: number): number {
  const from = Number(url.searchParams.get("cursor") ?? 0);
  return Number.isInteger(from) && from > 0 && from < length ? from : 0;
}

type FoundEntry = Pick<ArtifactEntry, "name" | "description" | "path"> & { ref: string };

function entriesOf(context: Context, artifacts: Artifacts, kind: Kind): FoundEntry[] {
  if (kind === "agents") return artifacts.list("agent");
  if (kind === "skills") return artifacts.list("skill");
  return modulesOf(context).map((module) => ({ ...module, ref: `ctx:${module.name}` }));
}

/** Workflows by the path of each artifact that they name, under whichever of its names. */
function usersOf(
  library: Context,
  artifacts: Artifacts,
  kind: Kind,
): Map<string, { slug: string; name: string }[]> {
  const prefix = { agents: "agent:", skills: "skill:", context: "ctx:" }[kind];
  const users = new Map<string, { slug: string; name: string }[]>();
  for (const { slug, name, stages, context } of listLibrary(library, { limit: mostWorkflows }).items) {
    const named = new Set([...stages.flatMap(referencesOf), ...context.global_modules]);
    const found = [...named]
      .filter((ref) => ref.startsWith(prefix))
      .flatMap((ref) => artifacts.find(ref) ?? []);
    for (const path of new Set(found.map(({ origin }) => origin))) {
      users.set(path, [...(users.get(path) ?? []), { slug, name }]);
    }
  }
  return users;
}

function referencesOf({ roles, context }: EffectiveStage): string[] {
  return [...(roles ? [roles.primary.artifact, ...roles.tools] : []), ...context.modules];
}
