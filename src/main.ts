import { writeSync } from "node:fs";
import { version } from "./version.ts";

const given = process.argv.slice(2);

// Answered before anything else is loaded: scripts ask for it often, and making `process.stdout` takes 4 ms.
const isAnswered = given.length === 1 && (given[0] === "--version" || given[0] === "-V") && printVersion();

if (!isAnswered) {
  const { runCli } = await import("./cli/main.ts");
  await runCli(given);
}

/** False where stdout does not take it: the whole command line then says why. */
function printVersion(): boolean {
  try {
    writeSync(1, `${version}\n`);
    return true;
  } catch {
    return false;
  }
}
