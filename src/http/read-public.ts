import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Glob } from "bun";

/** A file of `public/` as it goes into the program. */
export interface PublicFile {
  path: string;
  /** base64; compressed where that makes it smaller. */
  content: string;
  isGzipped: boolean;
}

/** Run as a macro: what it returns becomes part of the program, so that the executable needs no other file. */
export function readPublic(): { hash: string; files: PublicFile[] } {
  const root = join(import.meta.dir, "../../public");
  const hasher = new Bun.CryptoHasher("sha256");
  const files = [...new Glob("**/*").scanSync(root)].toSorted().map((path): PublicFile => {
    const bytes = readFileSync(join(root, path));
    hasher.update(`${path}\n`).update(bytes);
    const packed = gzipSync(bytes, { level: 9 });
    const isGzipped = packed.byteLength < bytes.byteLength * 0.9;
    return { path, content: (isGzipped ? packed : bytes).toString("base64"), isGzipped };
  });
  return { hash: hasher.digest("hex").slice(0, 12), files };
}
