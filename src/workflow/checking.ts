import type { Report } from "./report.ts";
import type { SourceNode } from "./source-node.ts";

/** The tree that is held against the schema, and where its faults go. */
export interface Checking {
  text: string;
  root: SourceNode;
  report: Report;
}
