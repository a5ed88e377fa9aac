import { realpathSync, statSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { AppError } from "../errors.ts";

/**
 * The working directory of a run that is started over HTTP: an absolute path without symbolic links. It must be a root
 * or below one, and links are resolved before that is checked, so that none leads out. Without a request it is
 * `fallback`. Throws `AppError("workdir_not_allowed")` that names the roots.
 */
export function chooseWorkdir(
  asked: string | undefined,
  { fallback, roots }: { fallback: string; roots: readonly string[] },
): string {
  if (asked === undefined) return fallback;
  if (!isAbsolute(asked)) throw refusal(asked, "is no absolute path", roots);
  const folder = realFolder(asked);
  if (folder === null) throw refusal(asked, "is no folder", roots);
  const isInside = roots.some((root) => {
    const real = realFolder(root);
    return real !== null && (folder === real || folder.startsWith(real.endsWith(sep) ? real : real + sep));
  });
  if (!isInside) throw refusal(asked, "lies outside of where runs may work", roots);
  return folder;
}

function realFolder(path: string): string | null {
  // A path with such a character names nothing.
  if (path.includes("\0")) return null;
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function refusal(asked: string, why: string, roots: readonly string[]): AppError {
  const shown = asked.length > 200 ? `${asked.slice(0, 200)}…` : asked;
  const places = roots.map((root) => `"${root}"`).join(", ");
  const message = `${why}. take ${places} or a folder below; [serve] roots in config.toml says which`;
  return new AppError("workdir_not_allowed", `workdir "${shown}" ${message}`, [{ path: "workdir", message }]);
}
