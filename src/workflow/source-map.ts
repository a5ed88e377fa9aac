import { readSource } from "./read-source.ts";
import { nodeAt, type Path, type SourceNode } from "./source-node.ts";

/** The place of a node: offsets for splices (in UTF-16 units; `end` is after the node), line and column for people. */
export interface SourceRange {
  start: number;
  end: number;
  line: number;
  column: number;
}

export interface SourceMap {
  root: SourceNode;
  /** Null when there is no such node. */
  rangeOf(path: Path): SourceRange | null;
  /** The range of a map's key. */
  keyRangeOf(path: Path): SourceRange | null;
}

/** Null for a text that is not YAML, which has findings instead. */
export function sourceMap(text: string): SourceMap | null {
  const { root, lines } = readSource(text);
  if (!root) return null;
  const range = ({ start, end }: { start: number; end: number }): SourceRange => ({
    start,
    end,
    ...lines.place(start),
  });
  return {
    root,
    rangeOf(path) {
      const node = nodeAt(root, path);
      return node ? range(node) : null;
    },
    keyRangeOf(path) {
      const map = nodeAt(root, path.slice(0, -1));
      const entry = map?.kind === "map" ? map.entries.get(String(path.at(-1))) : undefined;
      return entry ? range(entry.key) : null;
    },
  };
}
