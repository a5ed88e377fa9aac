import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";

/** Why a program cannot be started, and what can be done about it; both without a full stop. */
export interface ProgramTrouble {
  code: "program_missing" | "program_not_executable" | "interpreter_missing" | "carriage_return";
  says: string;
  wayOut: string;
}

/** The place where a program would be started. */
export interface ProgramPlace {
  workdir: string;
  path: string;
}

/** Linux reads no more than this of a script to find its interpreter. */
const mostHead = 256;

/** Why a file cannot be started as a program. `named`: what names the file, for the message. */
export function programTrouble(file: string, named: string, place: ProgramPlace): ProgramTrouble | null {
  const absence = absenceOf(file, named);
  if (absence) return absence;
  if (!mayRun(file)) {
    return {
      code: "program_not_executable",
      says: `${file}, which ${named} names, is not executable`,
      wayOut: "chmod +x makes it so",
    };
  }
  return headTrouble(file, place);
}

/** The same for a script that is given to an interpreter: it need not be executable. */
export function scriptTrouble(file: string, named: string): ProgramTrouble | null {
  return absenceOf(file, named) ?? lineEndTrouble(file, headOf(file));
}

function absenceOf(file: string, named: string): ProgramTrouble | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    const says = `${file}, which ${named} names, is a folder`;
    return { code: "program_not_executable", says, wayOut: "name a program in it" };
  }
  if (found) return null;
  return {
    code: "program_missing",
    says: `there is no ${file}, which ${named} names`,
    wayOut: "write it, or correct its path, which is relative to the agent file",
  };
}

function headTrouble(file: string, { workdir, path }: ProgramPlace): ProgramTrouble | null {
  const head = headOf(file);
  const lineEnd = lineEndTrouble(file, head);
  if (lineEnd) return lineEnd;
  const words =
    /^#![ \t]*(.*)/
      .exec(head)?.[1]
      ?.trim()
      .split(/[ \t]+/) ?? [];
  const [interpreter = "", ...rest] = words;
  if (interpreter === "") return null;
  const wayOut = "install it, or name another one there";
  const missingInterpreter = (says: string): ProgramTrouble => ({
    code: "interpreter_missing",
    says,
    wayOut,
  });
  const program = resolve(workdir, interpreter);
  if (!mayRun(program))
    return missingInterpreter(`the first line of ${file} names "${interpreter}", which cannot be run`);
  if (basename(interpreter) !== "env") return null;
  const looked = rest.find((word) => !word.startsWith("-") && !word.includes("="));
  if (looked === undefined || Bun.which(looked, { PATH: path, cwd: workdir }) !== null) return null;
  return missingInterpreter(`the first line of ${file} looks for "${looked}", which is not in PATH`);
}

/** The system looks for an interpreter whose name ends in a carriage return, and only says that it is not there. */
function lineEndTrouble(file: string, head: string): ProgramTrouble | null {
  const isText = !head.includes("\0");
  if (!isText || !/^[^\n]*\r(\n|$)/.test(head)) return null;
  return {
    code: "carriage_return",
    says: `the first line of ${file} ends in a carriage return, as files of Windows do`,
    wayOut: `save it with line feeds alone: sed -i 's/\\r$//' ${file}`,
  };
}

function headOf(file: string): string {
  try {
    const opened = openSync(file, "r");
    try {
      const head = Buffer.alloc(mostHead);
      return head.toString("latin1", 0, readSync(opened, head));
    } finally {
      closeSync(opened);
    }
  } catch {
    // A program need not be readable to be run.
    return "";
  }
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return !statSync(file).isDirectory();
  } catch {
    return false;
  }
}
