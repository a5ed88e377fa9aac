import { Type } from "@sinclair/typebox";
import { openArtifacts, type Artifacts } from "../../collection/artifacts.ts";
import { listModules } from "../../collection/list-modules.ts";
import type { Context } from "../server-parts.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed, nullable, oneOf, pageOf } from "./schemas.ts";

const types = ["agent", "skill", "command", "mcp"] as const;

const Artifact = Type.Object(
  {
    type: oneOf(types),
    ref: Type.String({ description: "such as agent:researcher" }),
    name: Type.String(),
    description: nullable(Type.String()),
    path: Type.String(),
  },
  { $id: "Artifact", ...closed },
);
const ContextModule = Type.Object(
  {
    ref: Type.String({ description: "such as ctx:repo-rules" }),
    name: Type.String(),
    description: nullable(Type.String()),
    path: Type.String(),
  },
  { $id: "ContextModule", ...closed },
);
const search = Type.Optional(Type.String({ maxLength: 200, description: "in name or description" }));

export const artifactEndpoints: Endpoint[] = [
  endpoint({
    tag: "collection",
    needsEngine: false,
    method: "GET",
    path: "/artifacts",
    operationId: "listArtifacts",
    summary: "List agents, skills, commands and MCP servers, for pickers",
    query: Type.Object({ type: Type.Optional(oneOf(types)), search }, closed),
    answers: {
      200: { description: "all that fit", schema: pageOf(Artifact, "ArtifactPage") },
      ...problems(400),
    },
    handle: ({ query, context }) => {
      const artifacts = openArtifacts(surroundings(context));
      const wanted = query.type === undefined ? types : [query.type];
      return json(
        envelope(
          wanted.flatMap((type) => listed(artifacts, type)),
          query.search,
        ),
      );
    },
  }),
  endpoint({
    tag: "collection",
    needsEngine: false,
    method: "GET",
    path: "/context-modules",
    operationId: "listContextModules",
    summary: "List context modules, for pickers",
    query: Type.Object({ search }, closed),
    answers: {
      200: { description: "all that fit", schema: pageOf(ContextModule, "ContextModulePage") },
      ...problems(400),
    },
    handle: ({ query, context }) => {
      const modules = listModules(surroundings(context));
      return json(
        envelope(
          modules.map((module) => ({ ref: `ctx:${module.name}`, ...module })),
          query.search,
        ),
      );
    },
  }),
];

function surroundings({ options, home, userHome }: Context) {
  return { beside: options.workdir, workdir: options.workdir, home, userHome };
}

function listed(artifacts: Artifacts, type: (typeof types)[number]) {
  return artifacts
    .list(type)
    .map(({ name, description, path }) => ({ type, ref: `${type}:${name}`, name, description, path }));
}

/** One page that holds everything: what a collection has is few. */
function envelope<T extends { name: string; description: string | null }>(all: T[], searched = "") {
  const text = searched.toLowerCase();
  const items = all.filter(
    ({ name, description }) =>
      name.toLowerCase().includes(text) || (description ?? "").toLowerCase().includes(text),
  );
  return { items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length };
}
