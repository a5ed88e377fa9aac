import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";

/** The executable's start, against that of the smallest program from the same compiler. */
export async function measureStart(folder: string): Promise<Row[]> {
  const executable = join(import.meta.dir, "../dist/skillmeat");
  if (!existsSync(executable)) throw new Error("there is no dist/skillmeat: npm run build");
  const hello = await compileHello(folder);
  const compared = await compare(25, {
    figure: () => timeWork(() => runProgram([executable, "--version"])),
    limit: () => timeWork(() => runProgram([hello])),
  });
  return [timesRow("skillmeat --version", compared, { limitIs: "compiled hello world", most: 1.5 })];
}

async function compileHello(folder: string): Promise<string> {
  const source = join(folder, "hello.ts");
  const outfile = join(folder, "hello");
  writeFileSync(source, 'console.log("hello");\n');
  const built = await Bun.build({
    entrypoints: [source],
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    bytecode: true,
    format: "esm",
    target: "bun",
  });
  if (!built.success) throw new Error(`hello world does not compile: ${built.logs.join("\n")}`);
  return outfile;
}

async function runProgram(command: string[]): Promise<void> {
  const code = await Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "inherit" }).exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with exit ${code}`);
}
