import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { Skill, SkillFile } from "../execution/snapshot.ts";
import type { ArtifactLack } from "../workflow/artifact-lookup.ts";
import { isAbsence, staysInside } from "./scan-folder.ts";
import { readdirSync, readFileSync, statSync } from "./seen-files.ts";

/** An execution stores every file of a skill, so a skill may not be arbitrarily large. */
const most = { files: 200, bytes: 1024 * 1024, depth: 8 };
const leftOut = new Set([".git", "node_modules", "__pycache__", ".DS_Store", ".env"]);

/** Reads a skill's folder, or says why it cannot be used. */
export function readSkill(ref: string, folder: string): Skill | ArtifactLack {
  const files: SkillFile[] = [];
  const broken = (says: string, wayOut: string): ArtifactLack => ({
    code: "skill_broken",
    says: `the skill "${ref.slice("skill:".length)}" of ${folder} ${says}`,
    wayOut,
  });
  let left = most.bytes;
  const waiting = [{ path: folder, relative: "", depth: 0 }];
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      for (const name of readdirSync(next.path).toSorted()) {
        if (leftOut.has(name) || name.endsWith(".pyc")) continue;
        const path = join(next.path, name);
        const relative = next.relative === "" ? name : `${next.relative}/${name}`;
        if (!staysInside(path, folder))
          return broken(`holds "${relative}", a link that leads out of it`, copyIt);
        const facts = statSync(path);
        if (facts.isDirectory()) {
          if (next.depth >= most.depth) return broken(`has folders deeper than ${most.depth}`, makeSmaller);
          waiting.push({ path, relative, depth: next.depth + 1 });
        } else if (facts.isFile()) {
          left -= facts.size;
          if (left < 0 || files.length >= most.files) {
            return broken(`has more than ${most.files} files or 1 MiB, all together`, makeSmaller);
          }
          files.push(skillFile(relative, readFileSync(path), (facts.mode & 0o100) !== 0));
        }
      }
    }
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return broken(
      `cannot be read: ${error instanceof Error ? error.message : ""}`,
      "make it readable for your user",
    );
  }
  const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  return { ref, name: basename(folder), path: folder, hash, files };
}

const copyIt = "put a copy of the file there";
const makeSmaller = "take out what the agent does not need";

function skillFile(path: string, bytes: Buffer, isExecutable: boolean): SkillFile {
  const text = textOf(bytes);
  const content = text === null ? { base64: bytes.toString("base64") } : { text };
  return { path, ...content, ...(isExecutable && { executable: true }) };
}

function textOf(bytes: Buffer): string | null {
  try {
    // A byte order mark belongs to the file.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
