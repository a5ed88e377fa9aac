import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import arm64 from "./supervisor-arm64.bin" with { type: "file" };
import x64 from "./supervisor-x64.bin" with { type: "file" };

const embedded: Readonly<Record<string, string>> = { "linux x64": x64, "linux arm64": arm64 };

/**
 * The path of the program that supervises agents, put into `<home>/bin` where it is not there yet; null on a system
 * that it is not made for. Its name holds its hash, so that versions of skillmeat that share a home do not disturb each
 * other. Throws the system's errors.
 */
export function supervisorProgram(home: string): string | null {
  const source = embedded[`${process.platform} ${process.arch}`];
  if (source === undefined) return null;
  const bytes = readFileSync(source);
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16);
  const file = join(home, "bin", `supervisor-${hash}`);
  if (statSync(file, { throwIfNoEntry: false })?.size === bytes.byteLength) return file;
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
