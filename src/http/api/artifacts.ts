import { Type } from "@sinclair/typebox";
import { placeNames } from "../../collection/artifact-places.ts";
import { openArtifacts } from "../../collection/artifacts.ts";
import { listedTypes } from "../../collection/list-artifacts.ts";
import { listModules } from "../../collection/list-modules.ts";
import type { Context } from "../server/server-parts.ts";
import { json, problems } from "./answers.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { closed, nullable, oneOf, pageOf } from "./schemas.ts";

const types = listedTypes;

const Artifact = Type.Object(
  {
    type: oneOf(types),
    ref: Type.String({ description: "such as agent:researcher" }),
    name: Type.String(),
    description: nullable(Type.String()),
    path: Type.String(),
    place: oneOf(placeNames),
    origin: nullable(Type.String({ description: "as the collection's manifest has it" })),
    upstream: nullable(Type.String()),
    tags: Type.Array(Type.String()),
    shadows: Type.Array(Type.Object({ place: oneOf(placeNames), path: Type.String() }, closed), {
      description: "what has the same name further down the order of places, and is not found by it",
    }),
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
    summary: "List agents, skills, commands and MCP servers",
    query: Type.Object(
      { type: Type.Optional(oneOf(types)), search, place: Type.Optional(oneOf(placeNames)) },
      closed,
    ),
    answers: {
      200: { description: "all that fit", schema: pageOf(Artifact, "ArtifactPage") },
      ...problems(400),
    },
    handle: ({ query, context }) => {
      const artifacts = openArtifacts(surroundings(context));
      const wanted = query.type === undefined ? types : [query.type];
      return json(
        envelope(
          wanted
            .flatMap((type) => artifacts.list(type))
            .filter(({ place }) => query.place === undefined || place === query.place),
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
    summary: "List context modules",
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

/** One page holds everything, because a collection is small. */
function envelope<T extends { name: string; description: string | null }>(all: T[], searched = "") {
  const text = searched.toLowerCase();
  const items = all.filter(
    ({ name, description }) =>
      name.toLowerCase().includes(text) || (description ?? "").toLowerCase().includes(text),
  );
  return { items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length };
}
