import { buildGraph } from "../../../src/workflow/graph.ts";
import { upstreamIn } from "../../../src/workflow/upstream.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { BuilderView, StageFacts } from "./builder-view.ts";

const mostSources = 200;

export const valueTypes: readonly string[] = [
  "string",
  "integer",
  "number",
  "boolean",
  "array<string>",
  "array",
  "object",
  "artifact_ref",
  "context_module",
  "memory_item",
];

/** What an input of a stage may come from: parameters, and the outputs of what runs before it. */
export function sourceSuggestions({ definition }: BuilderView, { at }: StageFacts): string[] {
  if (!definition) return [];
  const { stages, config } = definition;
  const upstream = upstreamIn(buildGraph(stages));
  const before = stages.filter((_, other) => other !== at && upstream.isBefore(other, at));
  return [
    ...Object.keys(config.parameters).map((name) => `\${{ parameters.${name} }}`),
    ...before.flatMap(({ id, outputs }) =>
      Object.keys(outputs).map((name) => `\${{ stages.${id}.outputs.${name} }}`),
    ),
  ].slice(0, mostSources);
}

export function Suggestions({ id, texts }: { id: string; texts: readonly string[] }): Html {
  return (
    <datalist id={id}>
      {texts.map((text) => (
        <option value={text}></option>
      ))}
    </datalist>
  );
}
