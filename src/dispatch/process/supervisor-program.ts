import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import arm64 from "./supervisor-arm64.bin" with { type: "file" };
import x64 from "./supervisor-x64.bin" with { type: "file" };

const embedded: Readonly<Record<string, string>> = { "linux x64": x64, "linux arm64": arm64 };

/**
 * The path of the program that supervises agents; it is put into `<home>/bin` where it is missing. Null on a system
 * that it is not made for. Its name holds its hash, so that versions of skillmeat that share a home do not disturb each
 * other. Throws the system's errors.
 */
export function supervisorProgram(home: string): string | null {
  const program = programFor(home);
  if (program === null) return null;
  const { file, bytes } = program;
  if (isWhole(program)) return file;
  mkdirSync(join(home, "bin"), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${Bun.randomUUIDv7()}`;
  try {
    writeFileSync(draft, bytes, { mode: 0o700 });
    chmodSync(draft, 0o700);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
}

/** Describes to a person what supervises the agents of a home. Changes nothing. */
export function supervisorState(home: string): { isOwn: boolean; says: string } {
  const program = programFor(home);
  if (program === null) return { isOwn: false, says: `no program for ${process.platform} ${process.arch}` };
  const { file } = program;
  if (!isWhole(program)) return { isOwn: true, says: `${file}: put there with the first agent` };
  try {
    // Without input it ends at once, as every starter does.
    const { exitCode } = Bun.spawnSync([file], { stdio: ["ignore", "ignore", "ignore"], env: {} });
    return exitCode === 0
      ? { isOwn: true, says: file }
      : { isOwn: false, says: `${file} ends with exit code ${exitCode}` };
  } catch (error) {
    return { isOwn: false, says: `${file} cannot be run: ${error instanceof Error ? error.message : error}` };
  }
}

interface Program {
  file: string;
  bytes: Uint8Array;
}

function programFor(home: string): Program | null {
  const source = embedded[`${process.platform} ${process.arch}`];
  if (source === undefined) return null;
  const bytes = readFileSync(source);
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16);
  return { file: join(home, "bin", `supervisor-${hash}`), bytes };
}

function isWhole({ file, bytes }: Program): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === bytes.byteLength;
}
