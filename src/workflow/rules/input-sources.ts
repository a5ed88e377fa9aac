import type { EffectiveInput, EffectiveOutput } from "../effective.ts";
import type { ExpressionSite } from "../expression-sites.ts";
import type { Report } from "../report.ts";
import { child, nodeAt, type SourceNode } from "../source-node.ts";
import { keySpotAt, siteSpot, type Rule, type Subject } from "../subject.ts";
import { fits } from "../value-type.ts";
import { stageKind } from "../stage-kind.ts";

/** A value comes from a plain reference, or it is text put together; what an operator yields is not followed. */
interface SourceValue {
  name: string;
  type: string;
  /** In words, when the value may be null; else null. */
  mayLack: string | null;
  offset: number;
}

/** What a source yields fits its input, and is there when the input is required. */
export const inputSources: Rule = (subject, report) => {
  checkGiven(subject, report);
  for (const site of subject.sites) {
    const input = inputOf(subject, site);
    const given = input ? readSourceValue(subject, site) : null;
    if (!input || !given || input.type === "") continue;
    const place = { path: site.path, at: siteSpot(subject, site, given.offset) };
    const name = `input "${site.input}"`;
    if (!fits(given.type, input.type)) {
      const message = `${name} is of type ${input.type}, but ${given.name} is of type ${given.type}`;
      report.warn("schema", { code: "type_differs", message, ...place });
    }
    if (given.mayLack !== null && input.required && input.default === undefined) {
      report.warn("schema", {
        code: "may_be_missing",
        message: `${name} is required, but ${given.mayLack}`,
        ...place,
        hint: "give the output or the input a default, or set required: false",
      });
    }
  }
};

/** A required input that nothing fills fails its stage in every run. */
function checkGiven(subject: Subject, report: Report): void {
  subject.stages.forEach(({ stage: { id, type, inputs }, path: stagePath }) => {
    if (stageKind(type).isDecided) return;
    for (const [name, { source, required, default: preset }] of Object.entries(inputs)) {
      const path = [...stagePath, "inputs", name];
      const node = nodeAt(subject.root, path);
      // What is wrong itself has been reported.
      if (
        source !== null ||
        !required ||
        (preset ?? null) !== null ||
        isGiven(child(node, "source")) ||
        isGiven(child(node, "value")) ||
        isFaultyFlag(child(node, "required"))
      )
        continue;
      report.error("schema", {
        code: "input_without_source",
        message: `input "${name}" of stage "${id}" is required, but has neither source, value nor default`,
        path,
        at: keySpotAt(subject, path),
        hint: `give it a value: source: parameters.${name}, or set required: false`,
      });
    }
  });
}

function isFaultyFlag(node: SourceNode | null): boolean {
  return isGiven(node) && !(node?.kind === "scalar" && typeof node.value === "boolean");
}

function isGiven(node: SourceNode | null): boolean {
  return node !== null && !(node.kind === "scalar" && node.value === null && !node.isFaulty);
}

function inputOf({ stages }: Subject, { stage, input, use }: ExpressionSite): EffectiveInput | null {
  if (stage === null || use !== "source") return null;
  const inputs = stages[stage]?.stage.inputs ?? {};
  return Object.hasOwn(inputs, input) ? (inputs[input] ?? null) : null;
}

function readSourceValue(subject: Subject, site: ExpressionSite): SourceValue | null {
  if (site.errors.length > 0) return null;
  if (!site.isWhole) return { name: "a text with values in it", type: "string", mayLack: null, offset: 0 };
  const [only] = site.expressions;
  const [reference] = only?.references ?? [];
  if (!only || reference?.node !== only.expression) return null;
  const names = reference.path.map(({ name }) => name);
  const offset = only.offset + (reference.path[0]?.start ?? 0);
  const [namespace, name = "", field, output = ""] = names;
  if (namespace === "parameters" && names.length === 2) {
    const { parameters } = subject.definition.config;
    const type = Object.hasOwn(parameters, name) ? parameters[name]?.type : undefined;
    return type ? { name: names.join("."), type, mayLack: null, offset } : null;
  }
  if (namespace !== "stages") return null;
  if (field === "status" && names.length === 3)
    return { name: names.join("."), type: "string", mayLack: null, offset };
  if (field !== "outputs" || names.length !== 4) return null;
  return fromOutput(subject, name, output, { name: names.join("."), offset });
}

function fromOutput(
  { stages, graph }: Subject,
  stageId: string,
  output: string,
  given: Pick<SourceValue, "name" | "offset">,
): SourceValue | null {
  const stage = stages[graph.positions.get(stageId) ?? -1]?.stage;
  const declared = stage && Object.hasOwn(stage.outputs, output) ? stage.outputs[output] : undefined;
  if (!stage || !declared?.type) return null;
  return {
    ...given,
    type: declared.type,
    mayLack: lackText(declared, stageId, output, stage.condition !== null),
  };
}

function lackText(
  declared: EffectiveOutput,
  stageId: string,
  output: string,
  isConditional: boolean,
): string | null {
  if (declared.default !== undefined) return null;
  if (!declared.required) return `output "${output}" of stage "${stageId}" is optional`;
  return isConditional
    ? `stage "${stageId}" has a condition: when it is skipped, its outputs are null`
    : null;
}
