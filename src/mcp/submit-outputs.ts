import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { checkOutputs } from "../workflow/contract.ts";
import type { StageContract } from "./stage-contract.ts";

/** What a call of the tool is answered: a text for the model, and whether it has to call again. */
export interface Submission {
  isError: boolean;
  text: string;
}

const mostBytes = 8 * 1024 * 1024;
const mostProblems = 50;
const longestProblem = 500;
/** What agent programs add to every call by themselves. */
const foreignKeys = new Set(["wait_for_previous"]);

/** Checks values against the contract and, if they keep it, puts them into the file, whole or not at all. */
export function submitOutputs(
  contract: StageContract,
  file: string,
  given: Readonly<Record<string, unknown>>,
): Submission {
  const own = Object.entries(given).filter(
    ([name]) => Object.hasOwn(contract, name) || !foreignKeys.has(name),
  );
  const { outputs, undeclared, problems } = checkOutputs(contract, Object.fromEntries(own));
  if (problems.length > 0) return refuse(problems.map(({ message }) => message));
  const text = JSON.stringify(outputs);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) return refuse([`the outputs have ${bytes} bytes; ${mostBytes} at most`]);
  try {
    replaceFile(file, text);
  } catch (error) {
    return refuse([
      `the outputs cannot be stored: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const kept = undeclared.map((name) => ` "${name}" is kept too, but the stage does not declare it.`);
  return {
    isError: false,
    text: `the outputs are taken.${kept.join("").slice(0, longestProblem)} a later call replaces them`,
  };
}

function refuse(problems: readonly string[]): Submission {
  const lines = problems.slice(0, mostProblems).map((problem) => `- ${problem.slice(0, longestProblem)}`);
  const more = problems.length - lines.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  const text = ["the outputs are not taken. correct this and call the tool again:", ...lines, ...rest].join(
    "\n",
  );
  return { isError: true, text };
}

/** Whoever reads the file finds the outputs of one call, never a part of them. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    const handle = openSync(draft, "w", 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
