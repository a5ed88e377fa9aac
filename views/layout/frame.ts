import type { ExecutionRecord } from "../../src/execution/record.ts";

/** What every page shows around its content. */
export interface Frame {
  /** The instant the page is drawn for, in ms. */
  now: number;
  /** Path and query of the page itself. */
  url: string;
  /** Null: as the system says. */
  theme: Theme | null;
  /** False: keys without Ctrl or Cmd do nothing. */
  singleKeys: boolean;
  /** The address of a file of `public/`, with its hash. */
  asset: (path: string) => string;
  live: readonly LiveRun[];
  /** Of all executions, also those that `live` leaves out. */
  liveCount: number;
  waitingCount: number;
  counts: { agents: number; skills: number; context: number };
  /** `trouble`: why the engine accepts nothing at present. */
  engine: { running: number; trouble: { kind: string; message: string } | null };
  /** Number of the newest event of all executions: where the page's stream goes on. */
  lastEvent: number;
  /** False: workflows are switched off here, and no link leads to them. */
  hasWorkflows: boolean;
  toast: Toast | null;
}

export type Theme = "light" | "dark";

export type LiveRun = Pick<
  ExecutionRecord,
  | "run_id"
  | "workflow_slug"
  | "workflow_name"
  | "status"
  | "had_failures"
  | "waiting_gates"
  | "started_at"
  | "created_at"
  | "progress_done"
  | "progress_total"
>;

export interface Toast {
  kind: "done" | "failed";
  text: string;
}

/** What a page says about itself. */
export interface PageFacts {
  title: string;
  /** What the browser's tab says, when that is more. */
  documentTitle?: string;
  /** Colour of the tab's icon. */
  icon?: string;
  /** The entry of the navigation it belongs to. */
  section: Section;
  /** What is above it, outermost first. */
  crumbs?: readonly Crumb[];
  /** Links to places of the page that are far from its beginning, by keys alone. */
  skips?: readonly Crumb[];
  /** True: the form that starts a run is on the page itself. */
  hasRunForm?: boolean;
  /** True: any icon may come into it later. */
  hasAllIcons?: boolean;
  /** Style sheets and scripts of this page alone, by name. */
  extra?: { styles: readonly string[]; scripts: readonly string[] };
  /** True: it follows something of its own, or nothing at all; else the executions of all. */
  hasOwnStream?: boolean;
}

export interface Crumb {
  name: string;
  path: string;
}

export type Section =
  "workflows" | "executions" | "approvals" | "agents" | "skills" | "context" | "settings" | null;
