import { version } from "./version.ts";

const given = process.argv.slice(2);
// Answered before anything else is loaded: scripts and prompts ask for it often. console.log costs 0.5 ms,
// making `process.stdout` 4 ms.
if (given.length === 1 && (given[0] === "--version" || given[0] === "-V")) {
  console.log(version);
} else {
  const { runCli } = await import("./cli/main.ts");
  await runCli(given);
}
