/**
 * `npm test`: builds the executable and brings a browser (tests drive both), then runs the checks, and beside them
 * every test file with coverage, several files side by side. `npm test -- src/engine` leaves the checks out and runs
 * the tests of these paths alone. The last line is the tally, checks counted in; the exit code is 0 only when nothing
 * failed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { longestTestMs } from "./limits.ts";

interface Step {
  name: string;
  command: string[];
}

interface TestResult {
  passed: number;
  /** The name of each check or test that failed. */
  failed: string[];
}

const paths = process.argv.slice(2);
const bun = process.execPath;

const preparations: Step[] = [
  { name: "build", command: [bun, "build.ts"] },
  { name: "browser", command: ["/bin/sh", "src/testing/bring-chromium.sh"] },
];

const checks: Step[] = ["types", "lint", "format", "unused"].map((name) => ({
  name,
  command: ["npm", "run", "--silent", `check:${name}`],
}));

/** Journeys mostly wait for other processes, so two cores can run three files side by side. */
const workers = Math.max(3, Math.min(availableParallelism(), 8));

/**
 * How many tests of one file run side by side. With more, processes on a busy machine time out waiting for each other.
 */
const sideBySide = 6;

// The files of one worker share their modules and one browser. Each file removes what it has made.
const options = [
  "--no-isolate",
  "--only-failures",
  `--max-concurrency=${sideBySide}`,
  `--timeout=${longestTestMs}`,
  "--coverage",
];
const testCommand = [bun, "test", `--parallel=${workers}`, ...options, ...paths];

// Everything that tests write is in one folder, which is removed at the end.
const folder = mkdtempSync(join(tmpdir(), "skillmeat-tests-"));
process.env["TMPDIR"] = folder;

const outcomes: TestResult[] = [];
for (const step of preparations) outcomes.push(await runStep(step));
outcomes.push(
  ...(await Promise.all([...(paths.length === 0 ? [runInTurn(checks)] : []), runTests(testCommand)]).then(
    (parts) => parts.flat(),
  )),
);

rmSync(folder, { recursive: true, force: true });

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.flatMap((outcome) => outcome.failed);
for (const name of failed) console.log(`failed: ${name}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);

async function runInTurn(steps: Step[]): Promise<TestResult[]> {
  const all: TestResult[] = [];
  for (const step of steps) all.push(await runStep(step));
  return all;
}

/** Its output is shown in one piece after it has ended, because others print at the same time. */
async function runStep({ name, command }: Step): Promise<TestResult> {
  const startedMs = performance.now();
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const texts = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const exitCode = await child.exited;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const verdict = exitCode === 0 ? "ok" : `FAILED (exit ${exitCode})`;
  console.log(`${texts.join("")}${name}: ${verdict} in ${seconds} s`);
  return exitCode === 0 ? { passed: 1, failed: [] } : { passed: 0, failed: [name] };
}

/** Passes on the runner's output as it is printed, and reads the numbers from its summary. */
async function runTests(command: string[]): Promise<TestResult> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const kept: string[] = [];
  await Promise.all([show(child.stdout, kept), show(child.stderr, kept)]);
  const exitCode = await child.exited;
  const text = Bun.stripANSI(kept.join(""));
  const passed = lastCount(text, "pass");
  const failed = lastCount(text, "fail");
  const names = [...text.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/gm)].map(([, name = ""]) => name);
  // Bun counts a file that cannot be loaded, or whose worker dies, without naming it.
  const all = Array.from({ length: failed }, (_, at) => names[at] ?? "a test file, see above");
  if (failed === 0 && (exitCode !== 0 || passed === 0)) all.push(`the runner of the tests, exit ${exitCode}`);
  return { passed, failed: all };
}

async function show(stream: ReadableStream<Uint8Array>, kept: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    kept.push(text);
    process.stdout.write(text);
  }
}

/** ` 12 pass` in the summary that bun prints at its end. */
function lastCount(text: string, word: "pass" | "fail"): number {
  const counts = [...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, "gm"))];
  return Number(counts.at(-1)?.[1] ?? 0);
}
