import { readSource } from "./read-source.ts";
import { nodeAt, type Path, type SourceNode } from "./source-node.ts";

/** Where a node stands: offsets for splices (UTF-16, `end` is behind it), line and column for people. */
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

/** Null for a text that is no YAML: it has findings instead. */
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
