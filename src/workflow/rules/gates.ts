import { keySpotAt, spotAt, type Rule, type Subject } from "../subject.ts";
import { stageKind } from "../stage-kind.ts";

/** What a gate lets through without anybody having meant it, and what it keeps back. */
export const gates: Rule = (subject, report) => {
  let dependents: Map<number, string[]> | null = null;
  subject.stages.forEach(({ stage: { id, type, gate, condition }, at, path: stagePath }) => {
    if (!stageKind(type).isDecided || gate === null) return;
    if (gate.approvers.length === 0) {
      const path = [...stagePath, "gate", "approvers"];
      const message = `gate "${id}" names no approvers: anybody may decide it`;
      report.warn("schema", { code: "no_approvers", message, path, at: keySpotAt(subject, path) });
    }
    if (condition === null || gate.on_skip === "proceed") return;
    dependents ??= dependentsOf(subject);
    const names = dependents.get(at);
    if (!names) return;
    const path = [...stagePath, "condition"];
    report.warn("dag", {
      code: "conditional_gate",
      message: `when the condition of gate "${id}" is false, what depends on it is skipped too: ${names.join(", ")}`,
      path,
      at: spotAt(subject, path),
      hint: "set gate.on_skip: proceed if they shall run all the same",
    });
  });
};

function dependentsOf({ graph }: Subject): Map<number, string[]> {
  const found = new Map<number, string[]>();
  graph.dependencies.forEach((dependencies, at) => {
    for (const dependency of dependencies) {
      const names = found.get(dependency) ?? [];
      names.push(`"${graph.ids[at]}"`);
      found.set(dependency, names);
    }
  });
  return found;
}
