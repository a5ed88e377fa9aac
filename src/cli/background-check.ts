import { setPriority } from "node:os";
import type { Engine } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import type { Invocation } from "./command.ts";
import { databaseFile } from "./open-home.ts";
import { ownCommand } from "../own-command.ts";

const leastImportant = 19;

/**
 * Checks the whole database in another process, which holds nobody up. When it is damaged, the engine accepts nothing
 * more, and the log has what was found. Returns the way to stop that.
 */
export function checkInBackground({ home, env, log }: Invocation, engine: Engine): () => void {
  const child = Bun.spawn([...ownCommand(), "check-database", "--data-dir", home], {
    env: { ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  setPriority(child.pid, leastImportant);
  let isStopped = false;
  const record = (level: "info" | "warn" | "error", event: string, message: string): void =>
    log({ at: new Date().toISOString(), level, event, message });
  const look = async (): Promise<void> => {
    const [found, said, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (isStopped) return;
    if (code !== 0) return record("warn", "database_unchecked", said.trim() || `exit ${code}`);
    const problems = JSON.parse(found) as string[];
    if (problems.length === 0) return record("info", "database_checked", "PRAGMA quick_check found nothing");
    record("error", "database_damaged", problems.join("; "));
    engine.giveUp(new AppError("unavailable", damagedText(databaseFile(home), problems)));
  };
  look().catch((error: unknown) => record("warn", "database_unchecked", String(error)));
  return () => {
    isStopped = true;
    child.kill();
  };
}

/** What is said of a file that `PRAGMA quick_check` does not find sound. */
export function damagedText(file: string, problems: readonly string[]): string {
  const [first = "", ...others] = problems;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return (
    `the database "${file}" is damaged (${first.replaceAll("\n", " ")}${more}): nothing is stored or started any ` +
    "more, running agents are left alone. put a backup in its place, then restart skillmeat"
  );
}
