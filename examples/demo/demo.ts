/**
 * `npm run demo`: builds the executable where that is needed, then checks, plans and runs the workflow beside this file
 * on this repository, the way a user would. Programs do the work; no network, no model.
 */
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Glob } from "bun";

const root = join(import.meta.dir, "../..");
const executable = join(root, "dist/skillmeat");
const report = "dist/demo-report.md";

const home = mkdtempSync(join(tmpdir(), "skillmeat-demo-"));

if (isStale()) run([process.execPath, "build.ts"], "bun build.ts");

const workflow = relative(root, import.meta.dir);
const parameters = ["--param", `report=${report}`];
const started = performance.now();

skillmeat("workflow", "validate", workflow);
skillmeat("workflow", "plan", workflow, ...parameters);
skillmeat("workflow", "run", workflow, ...parameters);

const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`\nThe report is ${report}; all of it took ${seconds} s.`);
console.log(`Look around: SKILLMEAT_HOME=${home} dist/skillmeat workflow runs`);

function skillmeat(...words: string[]): void {
  run([executable, ...words], `skillmeat ${words.join(" ")}`);
}

/** Runs a command with its output shown; ends the demo with its exit code when it fails. */
function run(command: string[], shown: string): void {
  console.log(`\n$ ${shown}`);
  const { exitCode } = Bun.spawnSync(command, {
    cwd: root,
    env: { ...process.env, SKILLMEAT_HOME: home },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  if (exitCode === 0) return;
  console.error(`\n"${shown}" failed (exit ${exitCode})`);
  process.exit(exitCode);
}

/** True when there is no executable, or something it is made of is newer. */
function isStale(): boolean {
  const built = statSync(executable, { throwIfNoEntry: false });
  if (!built) return true;
  const parts = ["build.ts", "package.json", "package-lock.json", "{src,views,public,drizzle}/**/*"];
  return parts
    .flatMap((pattern) => [...new Glob(pattern).scanSync(root)])
    .some((file) => !file.includes(".test.") && statSync(join(root, file)).mtimeMs > built.mtimeMs);
}
