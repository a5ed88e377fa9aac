import { createHash } from "node:crypto";
import { readFrontMatter } from "../dispatch/front-matter.ts";
import { AppError } from "../errors.ts";

/** What a list shows of an artifact's file. */
export interface ArtifactHead {
  name: string | null;
  description: string | null;
}

export const noHead: ArtifactHead = { name: null, description: null };

/** Heads by a hash of the text that they are read from: most files are the same each time they are listed. */
const known = new Map<string, ArtifactHead>();
const mostKnown = 10_000;

/**
 * The name and the description in a front matter; neither for a broken one. Reading YAML takes a millisecond, and pages
 * list hundreds of files.
 */
export function readHead(text: string, { mayBeIndented }: { mayBeIndented: boolean }): ArtifactHead {
  const key = `${mayBeIndented} ${createHash("sha256").update(text).digest("base64")}`;
  const kept = known.get(key);
  if (kept) return kept;
  const head = parseHead(text, mayBeIndented);
  if (known.size >= mostKnown) known.clear();
  known.set(key, head);
  return head;
}

function parseHead(text: string, mayBeIndented: boolean): ArtifactHead {
  try {
    const { fields } = readFrontMatter(text, "", { mayBeIndented });
    return { name: textOf(fields["name"]), description: textOf(fields["description"]) };
  } catch (error) {
    if (error instanceof AppError) return noHead;
    throw error;
  }
}

/** A text without the spaces around it; null for what is none. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
