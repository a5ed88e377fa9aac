import type { Report } from "./report.ts";
import type { SourceNode } from "./source-node.ts";

/** The tree that is checked against the schema, and the report that gets its faults. */
export interface Checking {
  text: string;
  root: SourceNode;
  report: Report;
}
