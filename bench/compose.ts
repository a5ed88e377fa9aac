import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveSkillmeat, type ServerProcess } from "./http-programs.ts";
import { largeWorkflow } from "./language.ts";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";

const executable = process.env["SKILLMEAT_BIN"] ?? join(import.meta.dir, "../dist/skillmeat");
const startsARound = 200;

/** The cost of checking a definition: once on the command line, and at every start in a server. */
export async function measureCompose(folder: string): Promise<Row[]> {
  if (!existsSync(executable)) throw new Error("there is no dist/skillmeat: npm run build");
  return [await wholeValidate(folder), await startsAgain(folder)];
}

async function wholeValidate(folder: string): Promise<Row> {
  const file = join(folder, "large.yaml");
  writeFileSync(file, largeWorkflow(1_000));
  const parser = await compileParser(folder);
  const compared = await compare(7, {
    figure: () => timeWork(() => runProgram([executable, "workflow", "validate", file], folder)),
    limit: () => timeWork(() => runProgram([parser, file], folder)),
  });
  const limitIs = "a program that parses it with yaml";
  return timesRow("validate of 1,000 stages, the whole process", compared, { limitIs, most: 1 });
}

async function compileParser(folder: string): Promise<string> {
  // It is compiled beside the repository's packages, because it imports them.
  const source = join(import.meta.dir, "../dist/parse-only.ts");
  const outfile = join(folder, "parse-only");
  writeFileSync(
    source,
    `import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
console.log(parseDocument(readFileSync(process.argv[2] ?? "", "utf8")).errors.length);
`,
  );
  const built = await Bun.build({
    entrypoints: [source],
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    bytecode: true,
    format: "esm",
    target: "bun",
  });
  if (!built.success) throw new Error(`the parser does not compile: ${built.logs.join("\n")}`);
  return outfile;
}

async function runProgram(command: string[], home: string): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home };
  const code = await Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "inherit", env }).exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with exit ${code}`);
}

/** The server's processor time for a start whose files have not changed, and for one that is checked again. */
async function startsAgain(folder: string): Promise<Row> {
  const home = join(folder, "compose");
  const agents = join(home, ".claude", "agents");
  mkdirSync(agents, { recursive: true });
  for (let at = 0; at < 10; at++)
    writeFileSync(join(agents, `agent-${at}.md`), `---\nname: agent-${at}\ndescription: Works\n---\nWork.\n`);
  const server = await serveSkillmeat(home);
  try {
    await create(server);
    const touched = join(agents, "agent-0.md");
    const compared = await compare(5, {
      figure: () => startCpuMs(server, () => {}),
      limit: () => startCpuMs(server, () => utimesSync(touched, new Date(), new Date())),
    });
    return timesRow("processor time of a start, its files as they were", compared, {
      limitIs: "an agent's file touched",
      most: 0.6,
    });
  } finally {
    await server.stop();
  }
}

async function create({ url }: ServerProcess): Promise<void> {
  const body = `workflow: { id: noop, name: Noop }
stages:
  - id: one
    roles: { primary: { artifact: "agent:agent-0" } }
`;
  const headers = { "content-type": "application/yaml" };
  const made = await fetch(`${url}/api/v1/workflows`, { method: "POST", headers, body });
  if (made.status !== 201) throw new Error(await made.text());
}

async function startCpuMs({ url, pid }: ServerProcess, before: () => void): Promise<number> {
  const headers = { "content-type": "application/json" };
  const from = cpuMs(pid);
  for (let start = 0; start < startsARound; start++) {
    before();
    const answer = await fetch(`${url}/api/v1/workflows/noop/run`, { method: "POST", headers, body: "{}" });
    if (answer.status !== 202) throw new Error(await answer.text());
    await answer.text();
  }
  return (cpuMs(pid) - from) / startsARound;
}

/** User and system time of a process; Linux counts it in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
