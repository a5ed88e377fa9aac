import { existsSync } from "node:fs";
import { readConfig } from "../../config.ts";
import type { Library } from "../../operation/refresh-index.ts";
import { AppError } from "../../errors.ts";
import { allowedEnv } from "../../execution/allowed-env.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { pruneExecutions, type PruneReport, type PruneRequest } from "../../operation/prune.ts";
import { retentionRule } from "../../operation/retention.ts";
import type { PruneScope, RetentionRule } from "../../store/prune.ts";
import { listExecutions } from "../../store/list-executions.ts";
import { parseDuration } from "../../workflow/duration.ts";
import { confirm } from "../terminal/ask.ts";
import { byteText } from "../terminal/byte-text.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile, withStore } from "../open-home.ts";

export const run: CommandRun = async (invocation) => {
  const { given, home, output, env } = invocation;
  const rule = ruleOf(invocation);
  const database = databaseFile(home);
  const request: PruneRequest = {
    database,
    home,
    rule,
    scope: await scopeOf(invocation),
    dryRun: given.flag("dry-run"),
    env: allowedEnv(env),
  };
  if (!existsSync(database)) {
    say(invocation, { dry_run: request.dryRun, executions: [], freed_bytes: 0, left: [] });
    return exitCodes.done;
  }
  if (!request.dryRun && !given.flag("yes")) {
    const expected = await pruneExecutions({ ...request, dryRun: true });
    const count = countText(expected.executions.length);
    if (expected.executions.length > 0 || !output.canAsk)
      await confirm(invocation, `remove ${count} with logs (about ${byteText(expected.freed_bytes)})?`);
  }
  say(invocation, await pruneExecutions(request));
  return exitCodes.done;
};

function say({ given, output }: Invocation, report: PruneReport): void {
  if (given.text("format") === "json") return output.json(report);
  const count = countText(report.executions.length);
  const bytes = byteText(report.freed_bytes);
  output.line(
    report.dry_run ? `would remove ${count}, about ${bytes}` : `removed ${count} and freed ${bytes}`,
  );
  for (const { path, reason } of report.left) output.line(`left ${path}: ${reason}`);
}

function countText(count: number): string {
  return count === 1 ? "1 execution" : `${count} executions`;
}

/** The flags' rule; without flags the one of the configuration. Throws `AppError("invalid_usage")` without any. */
function ruleOf({ given, home, env }: Invocation): RetentionRule {
  const text = given.text("older-than");
  const keep = given.whole("keep", { least: 1, most: 1_000_000_000 });
  const olderThanMs = text === null ? null : parseDuration(text);
  if (text !== null && olderThanMs === null)
    throw new AppError("invalid_usage", `--older-than takes a duration such as 90d or 12h, not "${text}"`);
  const asked =
    olderThanMs === null && keep === null ? readConfig(home, env).retention : { olderThanMs, keep };
  if (asked) return retentionRule(asked, Date.now());
  throw new AppError(
    "invalid_usage",
    'no rule says what to remove. give --older-than or --keep, or write [retention] executions = "90d" into ' +
      "config.toml",
  );
}

function scopeOf({ given, home }: Invocation): Promise<PruneScope | null> | null {
  const name = given.text("workflow");
  if (name === null) return null;
  return withStore(home, (store) => {
    const stored = storedOrNull({ home, store }, name);
    if (stored) return { workflow_id: stored.id, slug: stored.slug };
    if (listExecutions(store, { workflow_slug: name, limit: 1 }).items.length > 0)
      return { workflow_id: null, slug: name };
    throw new AppError(
      "not_found",
      `there is neither a workflow "${name}" nor an execution of one. "skillmeat workflow runs" lists executions`,
    );
  });
}

function storedOrNull(library: Library, name: string) {
  try {
    return openWorkflow(library, name);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}
