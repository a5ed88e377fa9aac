/**
 * `npm test`: builds the executable and brings a browser (tests drive both), runs the checks, then every test with
 * coverage. The last line is the tally, checks counted in; the exit code is 0 only when nothing failed.
 */
import process from "node:process";

interface Tally {
  passed: number;
  failed: number;
}

const steps: { name: string; command: string[] }[] = [
  { name: "build", command: [process.execPath, "build.ts"] },
  { name: "browser", command: ["/bin/sh", "src/testing/bring-chromium.sh"] },
  { name: "types", command: ["npm", "run", "--silent", "check:types"] },
  { name: "lint", command: ["npm", "run", "--silent", "check:lint"] },
  { name: "format", command: ["npm", "run", "--silent", "check:format"] },
  { name: "unused", command: ["npm", "run", "--silent", "check:unused"] },
];

const tally: Tally = { passed: 0, failed: 0 };
for (const { name, command } of steps) {
  const started = performance.now();
  const { exitCode } = await runShown(command);
  const verdict = exitCode === 0 ? "ok" : `FAILED (exit ${exitCode})`;
  console.log(`${name}: ${verdict} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  tally[exitCode === 0 ? "passed" : "failed"]++;
}

const tests = await runShown([process.execPath, "test", "--coverage", ...process.argv.slice(2)]);
const counted = { passed: lastCount(tests.text, "pass"), failed: lastCount(tests.text, "fail") };
tally.passed += counted.passed;
// A runner that dies, or an error outside of any test, fails without a failed test.
tally.failed += counted.failed === 0 && tests.exitCode !== 0 ? 1 : counted.failed;

console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 && counted.passed > 0 ? 0 : 1);

/** Runs a command, shows what it prints while it prints it, and keeps it. */
async function runShown(command: string[]): Promise<{ exitCode: number; text: string }> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const kept: string[] = [];
  await Promise.all([show(child.stdout, kept), show(child.stderr, kept)]);
  return { exitCode: await child.exited, text: kept.join("") };
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
