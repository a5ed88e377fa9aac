import { cyclesIn } from "../cycles.ts";
import { spotAt, type Rule } from "../subject.ts";

/** Stages that wait for each other would wait for ever. Each cycle is told with its whole way round. */
export const cycles: Rule = (subject, report) => {
  const { graph, order, stages } = subject;
  for (const cycle of cyclesIn(graph, order)) {
    const [first = 0] = cycle;
    const last = graph.ids[cycle.at(-2) ?? 0] ?? "";
    const from = stages[first];
    const path = [...(from?.path ?? []), "depends_on", from?.stage.depends_on.indexOf(last) ?? 0];
    const way = cycle.map((at) => graph.ids[at] ?? "");
    report.error("dag", {
      code: "cycle",
      message: `these stages wait for each other: ${wayText(way)}`,
      path,
      at: spotAt(subject, path),
      hint: `take "${last}" out of what "${graph.ids[first]}" depends on, or break the cycle elsewhere`,
    });
  }
};

function wayText(way: readonly string[]): string {
  return way.join(" → ");
}
