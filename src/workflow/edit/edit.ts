import type { Value } from "../../expression/value.ts";
import type { Path as SourcePath } from "../source-node.ts";

/** A way to a field: `["stages", 2, "error_policy", "timeout"]`. */
export type Path = SourcePath;

export type Edit =
  /** Replaces what is there, as little of its text as it takes. Missing parents are made; null is a value. */
  | { kind: "set"; path: Path; value: Value }
  /** A key or an item. Parents that it leaves empty go too, where the schema lets them be absent. */
  | { kind: "remove"; path: Path }
  /** An item into the list at `path`, before the one that is at `at` now. A list that is absent is made. */
  | { kind: "insert"; path: Path; at: number; value: Value }
  /** An item of the list at `path`, with the comment lines above it, to where it will be: `to`. */
  | { kind: "move"; path: Path; from: number; to: number }
  /** The last key of `path`. Of a parameter, output or variable every reference in expressions follows. */
  | { kind: "rename_key"; path: Path; to: string }
  /** With every reference: `depends_on` and expressions. */
  | { kind: "rename_stage"; id: string; to: string }
  /** A copy right after it, comments and dependencies too. */
  | { kind: "duplicate_stage"; id: string; to: string };

/** Refused: why, and where in the text, from 1. The text is as it was then. */
export type EditResult =
  { ok: true; text: string } | { ok: false; message: string; line: number; column: number };
