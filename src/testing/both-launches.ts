import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaunch, shellLaunch, type Launch } from "../dispatch/process/launcher.ts";

/** The two ways to supervise an agent, which must pass the same tests. */
export const bothLaunches: [string, Launch][] = [
  ["a shell", shellLaunch],
  ["a supervisor of our own", createLaunch(mkdtempSync(join(tmpdir(), "skillmeat-launch-")))],
];
