import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A server that runs as a process of its own. */
export interface ServerProcess {
  url: string;
  pid: number;
  /** Resident memory, bytes. */
  memory(): number;
  stop(): Promise<void>;
}

const executable = process.env["SKILLMEAT_BIN"] ?? join(import.meta.dir, "../dist/skillmeat");

/** `dispatcher`: `command` runs real programs. */
export function serveSkillmeat(home: string, dispatcher = "simulated"): Promise<ServerProcess> {
  return startServer(skillmeatCommand(home, dispatcher)(0), home);
}

/** The smallest server that the same compiler and framework can make, with one answer of a given size. */
export async function serveBare(folder: string, bytes: number): Promise<ServerProcess> {
  return startServer((await bareCommand(folder, bytes))(0), folder);
}

export function skillmeatCommand(home: string, dispatcher = "simulated"): (port: number) => string[] {
  if (!existsSync(executable)) throw new Error("there is no dist/skillmeat: npm run build");
  const options = ["--dispatcher", dispatcher, "--data-dir", home];
  return (port) => [executable, "serve", "--port", String(port), ...options];
}

export async function bareCommand(folder: string, bytes: number): Promise<(port: number) => string[]> {
  const program = join(folder, "bare");
  if (!existsSync(program)) await compileBare(program);
  return (port) => [program, String(bytes), String(port)];
}

async function compileBare(outfile: string): Promise<void> {
  // It is compiled beside the repository's packages, because it imports them.
  const source = join(import.meta.dir, "../dist/bare.ts");
  writeFileSync(
    source,
    `import { Elysia } from "elysia";
const text = JSON.stringify("x".repeat(Number(process.argv[2] ?? 10)));
const app = new Elysia().get("/", () => "hello").get("/json", () =>
  new Response(text, { headers: { "content-type": "application/json" } }));
app.listen({ port: Number(process.argv[3] ?? 0), hostname: "127.0.0.1" });
console.log("listening on http://127.0.0.1:" + app.server?.port);
`,
  );
  const built = await Bun.build({
    entrypoints: [source],
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    bytecode: true,
    format: "esm",
    target: "bun",
  });
  if (!built.success) throw new Error(`the bare server does not compile: ${built.logs.join("\n")}`);
}

const listening = /^listening on (\S+)$/m;

async function startServer(command: readonly string[], home: string): Promise<ServerProcess> {
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: { PATH: process.env["PATH"] ?? "", HOME: home, SKILLMEAT_NO_TOKEN: "1" },
  });
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const url = listening.exec(text)?.[1];
    if (url === undefined) continue;
    return {
      url,
      pid: child.pid,
      memory: () => residentBytes(child.pid),
      stop: async () => {
        child.kill("SIGTERM");
        await child.exited;
      },
    };
  }
  throw new Error(`${command.join(" ")} ended before it listened`);
}

export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
