import type { Finding } from "./finding.ts";
import { createReport } from "./report.ts";
import { nearestNode, type Path, type SourceNode } from "./source-node.ts";
import type { TextLines } from "./text-lines.ts";
import type { PlacedStage } from "./stage-walk.ts";

/** Places for findings that are made later, when the text is no longer available. */
export interface LaterPlaces {
  /** By stage: the place where it names its agent. */
  stages: Finding[];
  /** By stage: the places of its tools, in their order. */
  tools: Finding[][];
  /** The places where context modules are named. */
  modules: Finding;
}

export function laterPlaces(root: SourceNode, lines: TextLines, stages: readonly PlacedStage[]): LaterPlaces {
  const report = createReport(lines, () => root);
  const place = (path: Path): Finding =>
    report.error("preflight", { code: "", message: "", path, at: nearestNode(root, path) });
  return {
    stages: stages.map(({ path }) => place([...path, "roles", "primary", "artifact"])),
    tools: stages.map(({ stage, path }) =>
      (stage.roles?.tools ?? []).map((_, at) => place([...path, "roles", "tools", at])),
    ),
    modules: place(["context", "global_modules"]),
  };
}

/** Makes a finding at its place of what was found out later. */
export function laterFinding(place: Finding, told: Pick<Finding, "code" | "message" | "hint">): Finding {
  return { ...place, ...told, message: told.message + place.message };
}
