import { rmSync, statSync } from "node:fs";
import { bundleScripts } from "./bundles/bundle.ts";
import { version } from "./package.json";

/**
 * Compiles `src/main.ts` into the one executable. Identifiers are not minified, because Elysia's validation reads them
 * and silently accepts wrong values when they are renamed. Every autoload is off, because the program must not read the
 * `.env` or `bunfig.toml` of the directory in which it runs.
 */
async function build(outfile: string): Promise<number> {
  const result = await Bun.build({
    entrypoints: ["src/main.ts", "src/operation/check-worker.ts", "src/http/pages/builder/builder-worker.ts"],
    compile: {
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
    target: "bun",
    format: "esm",
    bytecode: true,
    splitting: true,
    sourcemap: "linked",
    minify: { whitespace: true, syntax: true, identifiers: false },
    define: { SKILLMEAT_VERSION: JSON.stringify(version), "process.env.NODE_ENV": '"production"' },
    throw: false,
  });
  for (const log of result.logs) console.error(log);
  // The executable contains the source maps too: `--debug` shows places in the sources without these files.
  for (const { kind, path } of result.outputs) if (kind === "sourcemap") rmSync(path, { force: true });
  return result.success ? statSync(outfile).size : 0;
}

const outfile = process.argv[2] ?? "dist/skillmeat";
const started = performance.now();
const bytes = (await bundleScripts()) ? await build(outfile) : 0;
if (bytes === 0) {
  console.error("the build failed");
  process.exit(1);
}
const megabytes = Math.round(bytes / 1_000_000);
console.log(`${outfile}  ${megabytes} MB  ${Math.round(performance.now() - started)} ms`);
