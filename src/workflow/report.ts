import type { Finding } from "./finding.ts";
import { nodeAt, textOf, type Path, type SourceNode, type Spot } from "./source-node.ts";
import { pathText } from "./source-path.ts";
import type { TextLines } from "./text-lines.ts";
import { stageOfPath } from "./stage-walk.ts";

/** A problem that a rule has found; the report adds the place in the text and the stage. */
export interface Problem {
  code: string;
  message: string;
  path: Path;
  at: Spot;
  hint?: string | null;
}

export interface Report {
  error(category: Finding["category"], problem: Problem): Finding;
  warn(category: Finding["category"], problem: Problem): Finding;
  /** All findings so far, in the order of the text. */
  findings(): Finding[];
}

/** `root` returns the tree from which findings get their stage's id; null while nothing is parsed. */
export function createReport(lines: TextLines, root: () => SourceNode | null): Report {
  const found: Finding[] = [];
  const add = (severity: Finding["severity"], category: Finding["category"], problem: Problem): Finding => {
    const { code, message, path, at, hint = null } = problem;
    const { line, column } = lines.place(at.start);
    const finding: Finding = {
      severity,
      category,
      code,
      message: message + originText(at),
      path: pathText(path),
      line,
      column,
      stage_id: stageOf(root(), path),
      hint,
    };
    found.push(finding);
    return finding;
  };
  return {
    error: (category, problem) => add("error", category, problem),
    warn: (category, problem) => add("warning", category, problem),
    findings: () => found.toSorted(byPosition),
  };
}

function byPosition(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || compare(a.severity, b.severity) || compare(a.code, b.code);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function originText({ origin }: Spot): string {
  if (!origin) return "";
  const line = origin.line === null ? "" : `, line ${origin.line}`;
  return ` (this comes from the overrides file "${origin.file}"${line})`;
}

function stageOf(root: SourceNode | null, path: Path): string | null {
  const stage = stageOfPath(path);
  return stage && textOf(nodeAt(root, [...stage.path, "id"]));
}
