import type { Names } from "../guess.ts";
import type { Report } from "../report.ts";
import { spotAt, type Rule, type Subject } from "../subject.ts";

/** Each dependency is another stage that exists, named once, and not implied by the others. */
export const dependencies: Rule = (subject, report) => {
  subject.stages.forEach(({ stage, at, path: stagePath }) => {
    const seen = new Set<string>();
    stage.depends_on.forEach((id, item) => {
      if (id === "") return;
      const path = [...stagePath, "depends_on", item];
      const place = { path, at: spotAt(subject, path) };
      const name = `stage "${stage.id}"`;
      const position = subject.graph.positions.get(id);
      if (seen.has(id)) {
        const message = `${name} depends on "${id}" twice`;
        report.warn("dag", { code: "redundant_dependency", message, ...place, hint: "once is enough" });
      } else if (id === stage.id) {
        const message = `${name} depends on itself: ${id} → ${id}`;
        report.error("dag", { code: "self_dependency", message, ...place });
      } else if (position === undefined) {
        const message = `${name} depends on "${id}", which does not exist`;
        report.error("dag", {
          code: "unknown_dependency",
          message,
          ...place,
          hint: subject.guess(id, namesExcept(subject, stage.id)),
        });
      } else if (subject.upstream.isImplied(position, at))
        redundant(subject, report, { at, id, position, place });
      seen.add(id);
    });
  });
};

function namesExcept({ graph: { positions } }: Subject, id: string): Names {
  return {
    size: positions.size,
    has: (name) => name !== id && positions.has(name),
    keys: () => [...positions.keys()].filter((name) => name !== id),
  };
}

interface RedundantEdge {
  at: number;
  id: string;
  position: number;
  place: { path: (string | number)[]; at: ReturnType<typeof spotAt> };
}

function redundant(
  { graph, upstream }: Subject,
  report: Report,
  { at, id, position, place }: RedundantEdge,
): void {
  const through = graph.dependencies[at]?.find(
    (other) => other !== position && upstream.isBefore(position, other),
  );
  // In a cycle everything is implied by everything: the cycle itself is what to report.
  if (through === undefined || upstream.isBefore(at, at)) return;
  report.warn("dag", {
    code: "redundant_dependency",
    message: `stage "${graph.ids[at]}" need not depend on "${id}": "${graph.ids[through]}" does already`,
    ...place,
  });
}
