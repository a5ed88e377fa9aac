import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program of an agent that speaks the Agent Client Protocol. */
export interface FakeAcpAgent {
  /** Its absolute path. */
  path: string;
  /** All that it has read on its stdin, in all of its calls. */
  told(): Record<string, unknown>[];
}

const program = join(import.meta.dir, "acp-agent-program.ts");

/** `scenario` is the text of a module: see `Scenario`. The program is in the folder, under the name. */
export function makeFakeAcpAgent(folder: string, scenario: string, name = "agent"): FakeAcpAgent {
  const own = join(folder, `${name}-acp`);
  mkdirSync(own, { recursive: true });
  const [module, path] = [join(own, "scenario.ts"), join(own, name)];
  writeFileSync(module, scenario);
  const lines = [
    "#!/bin/sh",
    'if [ "$1" = --version ]; then echo 1.2.3; exit 0; fi',
    `exec "${process.execPath}" "${program}" "${module}" "${own}"`,
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  chmodSync(path, 0o755);
  const stdin = join(own, "stdin");
  return {
    path,
    told: () =>
      (existsSync(stdin) ? readFileSync(stdin, "utf8") : "")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  };
}
