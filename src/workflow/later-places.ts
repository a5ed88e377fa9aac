import type { Finding } from "./finding.ts";
import { createReport } from "./report.ts";
import { nearestNode, type Path, type SourceNode } from "./source-node.ts";
import type { TextLines } from "./text-lines.ts";
import type { StagePlace } from "./stage-walk.ts";

/** Findings without words, for what is found out later, when the text is not at hand any more. */
export interface LaterPlaces {
  /** By stage: where it names who does it. */
  stages: Finding[];
  /** Where context modules are named. */
  modules: Finding;
}

export function laterPlaces(root: SourceNode, lines: TextLines, stages: readonly StagePlace[]): LaterPlaces {
  const report = createReport(lines, () => root);
  const place = (path: Path): Finding =>
    report.error("preflight", { code: "", message: "", path, at: nearestNode(root, path) });
  return {
    stages: stages.map(({ path }) => place([...path, "roles", "primary", "artifact"])),
    modules: place(["context", "global_modules"]),
  };
}

/** What was found out, as a finding at its place. */
export function laterFinding(place: Finding, told: Pick<Finding, "code" | "message" | "hint">): Finding {
  return { ...place, ...told, message: told.message + place.message };
}
