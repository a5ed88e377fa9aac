import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The browser's libraries, each as one file in `public/`. The build makes them; the repository does not keep them. */
const bundles = { "code-editor.js": "codemirror.min.js", "sortable.js": "sortable.min.js" };

const target = join(import.meta.dir, "../public/js/builder");

/** Writes what has changed; false when a library cannot be bundled. */
export async function bundleScripts(): Promise<boolean> {
  for (const [entry, name] of Object.entries(bundles)) {
    const made = await bundled(join(import.meta.dir, entry));
    if (made === null) return false;
    const file = join(target, name);
    if (present(file) !== made) writeFileSync(file, made);
  }
  return true;
}

async function bundled(entry: string): Promise<string | null> {
  const { success, outputs, logs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "esm",
    minify: true,
    throw: false,
  });
  for (const log of logs) console.error(log);
  return success && outputs[0] ? await outputs[0].text() : null;
}

function present(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
