import { nodeAt, type Path } from "../source-node.ts";
import { keySpotAt, type Rule } from "../subject.ts";

/** A budget without a limit bounds nothing, which nobody who writes one means. */
export const emptyBudgets: Rule = (subject, report) => {
  const places: Path[] = [["config", "budget"], ...subject.stages.map(({ path }) => [...path, "budget"])];
  for (const path of places) {
    const node = nodeAt(subject.root, path);
    if (node?.kind !== "map" || node.entries.size > 0) continue;
    report.warn("schema", {
      code: "empty_budget",
      message: "the budget has no limit, so it bounds nothing",
      path,
      at: keySpotAt(subject, path),
      hint: "write how much may be spent: budget: {usd: 5}, or budget: {tokens: 200000}",
    });
  }
};
