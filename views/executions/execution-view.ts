import type { LogStream } from "../../src/execution/event.ts";
import type { LevelCounts, LogLevel } from "../../src/execution/log-level.ts";
import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
import type { EffectiveDefinition } from "../../src/workflow/effective.ts";
import { executionPath, withQuery, type Query } from "../paths.ts";
import type { TranscriptFacts } from "../../src/execution/transcript-facts.ts";
import type { LogPart } from "./log-line.tsx";
import type { TranscriptItem } from "./transcript-items.ts";
import type { FileChanges } from "./unified-diff.ts";

export const tabs = ["transcript", "log", "output", "changes", "input", "context", "files", "yaml"] as const;
export type Tab = (typeof tabs)[number];

/** One execution as its page shows it. */
export interface ExecutionView {
  execution: ExecutionRecord;
  /** In the order of the file. */
  steps: readonly StepRecord[];
  /** What it keeps to; null when that is gone. */
  definition: EffectiveDefinition | null;
  address: ExecutionAddress;
  /** The chosen stage; null when there is none at all. */
  selected: StepRecord | null;
  /** True when the shown attempt has events of a transcript, which is its main tab then. */
  hasTranscript: boolean;
  /** True when the stage has a git worktree or a commit. */
  hasChanges: boolean;
  transcript: TranscriptTab | null;
  log: LogTab | null;
  /** Null where another tab is shown, and where the stage has neither a worktree nor a commit. */
  changes: ChangesTab | null;
  files: readonly AttemptFile[] | null;
  /** The chosen stage as YAML. */
  yaml: string | null;
  /** The name that decides at gates, as far as it is known; "" else. */
  decider: string;
  now: number;
}

/** What of an execution the address asks for; empty: what is most worth looking at. */
export interface ExecutionAddress {
  stage: string;
  tab: Tab;
  view: "timeline" | "graph";
  /** 0: the newest. */
  attempt: number;
  search: string;
  stream: LogStream | "";
  level: LogLevel | null;
}

export interface LogTab {
  part: LogPart;
  /** Lines of the attempt that the filter lets through. */
  total: number;
  /** The number of the attempt's last line, shown or not; what comes is numbered on from it. */
  last: number;
  counts: Readonly<Record<LogStream, number>>;
  levels: LevelCounts;
  /** Lines that were not kept. */
  cut: number;
  /** How many lines that the filter lets through are before the part. */
  earlier: number;
  hasLater: boolean;
}

/** A part of a transcript. Places in it are the numbers that its events have in the execution. */
export interface TranscriptTab {
  items: readonly TranscriptItem[];
  /** The number of the first event of the part, and of the last; 0 where there is none. */
  first: number;
  last: number;
  facts: TranscriptFacts;
  /** How many events match the search; null where nothing is searched for. */
  found: number | null;
  hasEarlier: boolean;
  hasLater: boolean;
}

/** What a stage has changed in its git worktree, or why this cannot be told. */
export type ChangesTab = (FileChanges & { isCut: boolean; commit: string | null }) | { trouble: string };

export interface AttemptFile {
  name: string;
  bytes: number;
}

export function runPath(
  { execution, address, hasTranscript }: ExecutionView,
  change: Partial<ExecutionAddress> = {},
  more: Query = {},
): string {
  const { stage, tab, view, attempt, search, stream, level } = { ...address, ...change };
  return withQuery(executionPath(execution.workflow_slug, execution.run_id), {
    stage,
    tab: tab === mainTab(hasTranscript) ? "" : tab,
    view: view === "timeline" ? "" : view,
    attempt: attempt === 0 ? "" : attempt,
    search,
    stream,
    level,
    ...more,
  });
}

/** The tab that is shown where the address names none. */
export function mainTab(hasTranscript: boolean): Tab {
  return hasTranscript ? "transcript" : "log";
}

/** No line of a log left out. */
export const wholeLog = { search: "", stream: "", level: null } as const;

/** Another stage: its newest attempt, the whole of its log. */
export function stagePath(view: ExecutionView, stage: string): string {
  return runPath(view, { stage, attempt: 0, ...wholeLog });
}

/** A stage id as part of an element's id; stage ids are of letters, digits, `-` and `_`. */
export function stepElement(part: "step" | "chip" | "node", stageId: string): string {
  return `${part}-${stageId}`;
}
