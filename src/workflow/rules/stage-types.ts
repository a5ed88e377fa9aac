import type { Problem, Report } from "../report.ts";
import { child, nodeAt, type SourceNode } from "../source-node.ts";
import { keySpotAt, spotAt, type Rule, type Subject } from "../subject.ts";
import type { PlacedStage } from "../stage-walk.ts";

/** An agent stage has a role, a gate stage a gate, and neither has the other's. */
export const stageTypes: Rule = (subject, report) => {
  for (const placed of subject.stages) {
    // What is no map at all has been reported: it lacks everything.
    if (nodeAt(subject.root, placed.path)?.kind === "map") check(subject, report, placed);
  }
};

function check(subject: Subject, report: Report, placed: PlacedStage): void {
  const { type } = placed.stage;
  switch (type) {
    case "agent":
      return checkAgent(subject, report, placed);
    case "gate":
      return checkGate(subject, report, placed);
    case "fan_out":
      return refuseFanOut(subject, report, placed);
    default:
      return type satisfies never;
  }
}

function refuseFanOut(subject: Subject, report: Report, placed: PlacedStage): void {
  const path = [...placed.path, "type"];
  report.error("schema", {
    code: "fan_out",
    message: `${nameOf(placed)} is a "fan_out", which is reserved for a later version`,
    path,
    at: spotAt(subject, path),
    hint: 'write the branches out as stages of type "agent"',
  });
}

function checkGate(subject: Subject, report: Report, placed: PlacedStage): void {
  const { name, place, node } = fieldsOf(subject, placed);
  if (!isGiven(node("gate"))) {
    const hint = 'add "gate:" with its approvers';
    report.error("schema", place("gate", "missing_gate", `${name} is a gate and needs "gate"`, hint));
  }
  if (isGiven(node("roles"))) {
    const message = `${name} is a gate: a person decides, so it has no "roles"`;
    report.error("schema", place("roles", "gate_with_roles", message, 'take "roles" out'));
  }
  if (isGiven(node("budget"))) {
    const message = `${name} is a gate: nothing is spent there, so its "budget" has no effect`;
    report.warn("schema", place("budget", "gate_with_budget", message, 'take "budget" out'));
  }
  for (const key of ["inputs", "outputs"]) {
    const given = node(key);
    if (given?.kind !== "map" || given.entries.size === 0) continue;
    const message = `${name} is a gate: nobody works there, so it has no "${key}"`;
    const hint =
      key === "inputs"
        ? 'show values in its message: "${{ parameters.name }}"'
        : "a stage after it makes them";
    report.error("schema", place(key, `gate_with_${key}`, message, hint));
  }
}

function checkAgent(subject: Subject, report: Report, placed: PlacedStage): void {
  const { name, place, node } = fieldsOf(subject, placed);
  const roles = node("roles");
  const lacksPrimary = roles?.kind === "map" && !isGiven(child(roles, "primary"));
  if (!isGiven(roles) || lacksPrimary) {
    const message = `${name} needs ${lacksPrimary ? '"primary" in its "roles"' : '"roles" with a "primary"'}`;
    report.error(
      "schema",
      place("roles", "missing_role", message, "such as roles: {primary: agent:reviewer}"),
    );
  }
  if (isGiven(node("gate"))) {
    const message = `${name} has a "gate" but is no gate: nobody is asked`;
    report.warn("schema", place("gate", "gate_ignored", message, 'add "type: gate", or take "gate" out'));
  }
}

function fieldsOf(subject: Subject, placed: PlacedStage) {
  return {
    name: nameOf(placed),
    node: (key: string): SourceNode | null => nodeAt(subject.root, [...placed.path, key]),
    place: (key: string, code: string, message: string, hint: string): Problem => {
      const path = [...placed.path, key];
      return { code, message, path, at: keySpotAt(subject, path), hint };
    },
  };
}

function isGiven(node: SourceNode | null): boolean {
  return node !== null && !(node.kind === "scalar" && node.value === null);
}

function nameOf({ stage: { id }, at }: PlacedStage): string {
  return id === "" ? `stage ${at + 1}` : `stage "${id}"`;
}
