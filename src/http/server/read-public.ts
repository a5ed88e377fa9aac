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

/**
 * Scripts of packages, by the path they are served at: taken from where npm puts them, not copied. htmx and its
 * extension are one file: htmx begins by itself, and does not know an extension that comes a moment later.
 */
const packageFiles: Record<string, readonly string[]> = {
  "js/htmx.min.js": ["htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js"],
};

/** Run as a macro: what it returns becomes part of the program, so that the executable needs no other file. */
export function readPublic(): { hash: string; files: PublicFile[] } {
  const root = join(import.meta.dir, "../../../public");
  const hasher = new Bun.CryptoHasher("sha256");
  const own = [...new Glob("**/*").scanSync(root)].map((path) => [path, [join(root, path)]] as const);
  const packages = Object.entries(packageFiles).map(
    ([path, modules]) => [path, modules.map((module) => Bun.resolveSync(module, import.meta.dir))] as const,
  );
  const files = [...own, ...packages].toSorted().map(([path, parts]): PublicFile => {
    const bytes = joinFiles(parts);
    hasher.update(`${path}\n`).update(bytes);
    const packed = gzipSync(bytes, { level: 9 });
    const isGzipped = packed.byteLength < bytes.byteLength * 0.9;
    return { path, content: (isGzipped ? packed : bytes).toString("base64"), isGzipped };
  });
  return { hash: hasher.digest("hex").slice(0, 12), files };
}

function joinFiles([first = "", ...others]: readonly string[]): Buffer {
  const separated = others.flatMap((file) => [Buffer.from("\n;"), readFileSync(file)]);
  return Buffer.concat([readFileSync(first), ...separated]);
}
