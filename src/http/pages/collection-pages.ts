import {
  artifactsPage,
  type ArtifactEntry,
  type ArtifactList,
} from "../../../views/collection/artifact-list.tsx";
import { listLibrary } from "../../operation/list-library.ts";
import type { EffectiveStage } from "../../workflow/effective.ts";
import type { Context } from "../server/server-parts.ts";
import { artifactsOf, frameOf, modulesOf } from "./page-frame.ts";
import { html, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { shownToast } from "./toast-cookie.ts";

const mostWorkflows = 1000;

type Kind = ArtifactList["kind"];

/** What the collection holds, and which workflows name it. */
export function mountCollection(routes: PageRoutes): void {
  for (const kind of ["agents", "skills", "context"] as const) {
    routes.page(`/${kind}`, (call) => showArtifacts(call, kind));
  }
}

function showArtifacts({ context, request, url }: PageCall, kind: Kind): Answer {
  const search = (url.searchParams.get("search") ?? "").slice(0, 200);
  const all = entriesOf(context, kind);
  const users = usersOf(context);
  const wanted = search.toLowerCase();
  const entries = all
    .filter(({ name, description }) => `${name} ${description ?? ""}`.toLowerCase().includes(wanted))
    .map((entry): ArtifactEntry => ({ ...entry, usedBy: users.get(entry.ref) ?? [] }));
  const page = artifactsPage(frameOf(context, request), { kind, entries, search, total: all.length });
  return html(page, 200, shownToast(request));
}

function entriesOf(context: Context, kind: Kind): (Omit<ArtifactEntry, "usedBy"> & { ref: string })[] {
  if (kind === "agents") return artifactsOf(context).list("agent");
  if (kind === "skills") return artifactsOf(context).list("skill");
  return modulesOf(context).map((module) => ({ ...module, ref: `ctx:${module.name}` }));
}

/** Workflows by each reference they name; a reference's version does not count. */
function usersOf(library: Context): Map<string, { slug: string; name: string }[]> {
  const users = new Map<string, { slug: string; name: string }[]>();
  for (const { slug, name, stages, context } of listLibrary(library, { limit: mostWorkflows }).items) {
    const named = new Set([...stages.flatMap(referencesOf), ...context.global_modules]);
    for (const reference of named) {
      const key = reference.replace(/@.*$/, "");
      users.set(key, [...(users.get(key) ?? []), { slug, name }]);
    }
  }
  return users;
}

function referencesOf({ roles, context }: EffectiveStage): string[] {
  return [...(roles ? [roles.primary.artifact, ...roles.tools] : []), ...context.modules];
}
