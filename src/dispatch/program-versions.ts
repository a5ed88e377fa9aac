import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askProgram } from "./ask-program.ts";

/** The versions of programs. Asking a program for its version can take a second, so answers are kept. */
export interface ProgramVersions {
  /** The version of the program in a file; null when it does not answer with one. Throws when there is no such file. */
  of(path: string, how: { env: Readonly<Record<string, string>>; workdir: string }): Promise<string | null>;
}

interface KeptAnswer {
  /** The file: its real path, size and time of change. */
  mark: string;
  version: string;
  /** Milliseconds since 1970. */
  asked_at: number;
}

/** The file in the home that holds the answers; every process of this home reads it. */
const fileName = "programs.json";
const keptMs = 24 * 60 * 60 * 1000;
const mostKept = 64;
const longestFileBytes = 64 * 1024;
const longestAskMs = 30_000;

const shared = new Map<string, ProgramVersions>();

/** Those that this process shares for a home. */
export function programVersions(home: string): ProgramVersions {
  const versions = shared.get(home) ?? openProgramVersions(home);
  shared.set(home, versions);
  return versions;
}

/** `home`: the folder in which answers are kept for other processes; null: they are only kept in memory. */
export function openProgramVersions(home: string | null, now: () => number = Date.now): ProgramVersions {
  const known = new Map<string, KeptAnswer>();
  const asked = new Map<string, Promise<string | null>>();
  const isFresh = ({ asked_at }: KeptAnswer): boolean => asked_at <= now() && now() - asked_at < keptMs;

  const recall = (mark: string): string | null => {
    const answer = known.get(mark) ?? readAnswers(home).find((each) => each.mark === mark);
    if (!answer || !isFresh(answer)) return null;
    known.set(mark, answer);
    return answer.version;
  };
  const ask = async (path: string, mark: string, how: Parameters<ProgramVersions["of"]>[1]) => {
    const answer = await askProgram([path, "--version"], { ...how, longestMs: longestAskMs });
    const version = /\b(\d+\.\d+\.\d+)\b/.exec(answer?.text ?? "")?.[1] ?? null;
    if (version === null) return null;
    const kept = { mark, version, asked_at: now() };
    known.set(mark, kept);
    keep(home, kept, isFresh);
    return version;
  };
  return {
    of: async (path, how) => {
      const mark = markOf(path);
      const recalled = recall(mark);
      if (recalled !== null) return recalled;
      let asking = asked.get(mark);
      if (!asking) {
        asking = ask(path, mark, how).finally(() => asked.delete(mark));
        asked.set(mark, asking);
      }
      return asking;
    },
  };
}

function markOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${realpathSync(path)} ${size} ${mtimeMs}`;
}

/** None where there is no file, and where it is damaged: then the programs are asked again. */
function readAnswers(home: string | null): KeptAnswer[] {
  if (home === null) return [];
  try {
    const file = join(home, fileName);
    if (statSync(file).size > longestFileBytes) return [];
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(content) ? content.filter(isAnswer) : [];
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error)) return [];
    throw error;
  }
}

function isAnswer(value: unknown): value is KeptAnswer {
  if (typeof value !== "object" || value === null) return false;
  const { mark, version, asked_at } = value as Record<string, unknown>;
  return (
    typeof mark === "string" &&
    typeof version === "string" &&
    /^\d+\.\d+\.\d+$/.test(version) &&
    typeof asked_at === "number"
  );
}

/** Writes the answer down beside those that still hold. Where that is impossible, the next process asks again. */
function keep(home: string | null, answer: KeptAnswer, isFresh: (kept: KeptAnswer) => boolean): void {
  if (home === null) return;
  const others = readAnswers(home).filter((each) => each.mark !== answer.mark && isFresh(each));
  const answers = [answer, ...others.toSorted((a, b) => b.asked_at - a.asked_at)].slice(0, mostKept);
  const file = join(home, fileName);
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, JSON.stringify(answers), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    rmSync(draft, { force: true });
  }
}
