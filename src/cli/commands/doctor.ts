import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../config.ts";
import { priceFindingText, readPrices } from "../../collection/read-prices.ts";
import { migrationStatus } from "../../store/backup.ts";
import { openStore } from "../../store/database.ts";
import { supervisorState } from "../../dispatch/process/supervisor-program.ts";
import { storageOf } from "../../operation/storage.ts";
import { isProcessAlive } from "../../store/holder-process.ts";
import { findDamage, quickCheck } from "../../store/find-damage.ts";
import { deadLeases } from "../../store/leases.ts";
import { version } from "../../version.ts";
import { damagedText } from "../background-check.ts";
import { byteText } from "../terminal/byte-text.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { artifactsFor } from "../compose.ts";
import { greetPrograms, helloRow } from "./doctor-deep.ts";
import { lookAtPrograms, programRow, wayOutLines } from "./doctor-programs.ts";
import { exitCodes } from "../exit-code.ts";
import { databaseFile } from "../open-home.ts";
import { tableLines } from "../terminal/table.ts";

interface Check {
  name: string;
  /** `missing`: something optional is not there, or `old`. */
  state: "ok" | "missing" | "old" | "broken";
  says: string;
}

/** Looks at everything and changes nothing; only versions are noted in the home. Exit 1 when something is broken. */
export const run: CommandRun = async (invocation) => {
  const { given, output } = invocation;
  const isDeep = given.flag("deep");
  const programs = await lookAtPrograms(invocation);
  const greeted = isDeep ? await greetPrograms(invocation) : [];
  const checks: Check[] = [
    {
      name: "skillmeat",
      state: "ok",
      says: `${version} (bun ${Bun.version}, ${process.platform} ${process.arch})`,
    },
    tryCheck("home", () => homeState(invocation.home)),
    tryCheck("config", () => configState(invocation)),
    tryCheck("prices", () => priceState(invocation.home)),
    tryCheck("database", () => databaseState(invocation.home)),
    tryCheck("stored rows", () => rowState(invocation.home)),
    tryCheck("executions", () => executionState(invocation.home)),
    tryCheck("supervisor", () => agentsSupervisor(invocation.home)),
    tryCheck("/bin/sh", shellState),
    tryCheck("processes", processTableState),
    ...programs.map((facts) => ({ name: facts.name, ...programRow(facts) })),
    ...greeted.map(helloRow),
    programState("git", invocation),
    tryCheck("agents", () => agentState(invocation)),
    tryCheck("attempt folders", () => attemptState(invocation.home)),
    tryCheck("worktrees", () => worktreeState(invocation.home)),
    await storageCheck(invocation.home),
  ];
  if (given.text("format") === "json") output.json({ checks, programs, ...(isDeep && { acp: greeted }) });
  else output.line([...checkTable(checks, invocation), ...wayOutLines(programs)].join("\n"));
  return checks.some(({ state }) => state === "broken") ? exitCodes.failed : exitCodes.done;
};

function checkTable(checks: readonly Check[], { output }: Invocation): string[] {
  const { paint } = output;
  const styles: Record<string, (text: string) => string> = {
    ok: paint.good,
    missing: paint.dim,
    old: paint.warn,
    broken: paint.bad,
  };
  const columns = [
    { title: "what" },
    { title: "state", paint: (state: string) => (styles[state] ?? paint.dim)(state) },
    { title: "says", shrinks: true as const },
  ];
  return tableLines(
    columns,
    checks.map(({ name, state, says }) => [name, state, says]),
    output.columns,
  );
}

function tryCheck(name: string, look: () => Omit<Check, "name">): Check {
  try {
    return { name, ...look() };
  } catch (error) {
    return { name, state: "broken", says: error instanceof Error ? error.message : String(error) };
  }
}

function homeState(home: string): Omit<Check, "name"> {
  if (!existsSync(home))
    return { state: "missing", says: `${home}: made by the first command that stores something` };
  accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  return { state: "ok", says: home };
}

function configState({ home, env }: Invocation): Omit<Check, "name"> {
  const file = join(home, "config.toml");
  const config = readConfig(home, env);
  const says = `dispatcher ${config.dispatch.default}, ${config.maxSteps} agents at once`;
  return {
    state: existsSync(file) ? "ok" : "missing",
    says: existsSync(file) ? `${file}: ${says}` : `defaults: ${says}`,
  };
}

/** A price that is old is probably wrong, so the row says how old the oldest is. */
function priceState(home: string): Omit<Check, "name"> {
  const { file, prices, findings } = readPrices(home);
  if (findings.length > 0)
    return { state: "broken", says: findings.map((finding) => priceFindingText(file, finding)).join("; ") };
  if (!existsSync(file))
    return { state: "missing", says: `${file}: only costs that agents report are known` };
  const days = [...prices.values()].map(({ as_of }) => as_of).filter((day) => day !== null);
  const oldest = days.toSorted()[0];
  const since = oldest === undefined ? statSync(file).mtimeMs : Date.parse(oldest);
  const age = Math.max(0, Math.floor((Date.now() - since) / dayMs));
  const day = new Date(since).toISOString().slice(0, 10);
  const what = oldest === undefined ? "written on" : "the oldest as of";
  const count = `${prices.size} ${prices.size === 1 ? "price" : "prices"}`;
  return {
    state: "ok",
    says: `${file}: ${count}, ${what} ${day} (${age} ${age === 1 ? "day" : "days"} ago)`,
  };
}

const dayMs = 24 * 60 * 60 * 1000;

function databaseState(home: string): Omit<Check, "name"> {
  const file = databaseFile(home);
  if (!existsSync(file)) return { state: "missing", says: `${file}: none yet` };
  const store = openStore(file, { readonly: true, migrate: false });
  try {
    const problems = quickCheck(store);
    if (problems.length > 0) return { state: "broken", says: damagedText(file, problems) };
    const { current, latest } = migrationStatus(store);
    const bytes = statSync(file).size;
    return {
      state: "ok",
      says: `${file}: ${byteText(bytes)}, schema ${current} of ${latest}`,
    };
  } finally {
    store.close();
  }
}

/** Each damaged row hides only what it is a part of. */
function rowState(home: string): Omit<Check, "name"> {
  const file = databaseFile(home);
  if (!existsSync(file)) return { state: "ok", says: "none" };
  const store = openStore(file, { readonly: true });
  try {
    const found = [...new Set(findDamage(store).map(({ what, name }) => `${what} "${name}"`))];
    if (found.length === 0) return { state: "ok", says: "all can be read" };
    const more = found.length > 20 ? ` and ${found.length - 20} more` : "";
    return {
      state: "broken",
      says:
        `damaged: ${found.slice(0, 20).join(", ")}${more}. all others can be read; keep a copy with ` +
        '"skillmeat db backup <file>" before you repair them or put a backup in its place',
    };
  } finally {
    store.close();
  }
}

function executionState(home: string): Omit<Check, "name"> {
  const file = databaseFile(home);
  if (!existsSync(file)) return { state: "ok", says: "none" };
  const store = openStore(file, { readonly: true });
  try {
    const left = deadLeases(store, isProcessAlive);
    if (left.length === 0) return { state: "ok", says: "none is left without an engine" };
    return {
      state: "ok",
      says: `${left.length} wait for "skillmeat workflow resume": ${left.slice(0, 3).join(", ")}`,
    };
  } finally {
    store.close();
  }
}

function agentsSupervisor(home: string): Omit<Check, "name"> {
  const { isOwn, says } = supervisorState(home);
  if (isOwn) return { state: "ok", says };
  const less = "agents are supervised by /bin/sh, and what they start may outlive them";
  return { state: "missing", says: `${says}: ${less}` };
}

function shellState(): Omit<Check, "name"> {
  accessSync("/bin/sh", constants.X_OK);
  return { state: "ok", says: "there" };
}

function processTableState(): Omit<Check, "name"> {
  if (process.platform !== "linux") return { state: "ok", says: "read with ps" };
  accessSync("/proc/self/environ", constants.R_OK);
  return { state: "ok", says: "/proc can be read" };
}

function programState(program: string, { env }: Invocation): Check {
  const path = Bun.which(program, { PATH: env["PATH"] ?? "" });
  return path === null
    ? { name: program, state: "missing", says: "not in PATH" }
    : { name: program, state: "ok", says: path };
}

function agentState(invocation: Invocation): Omit<Check, "name"> {
  const { workdir } = invocation;
  const agents = artifactsFor(invocation, workdir, workdir).list("agent");
  const names = agents.slice(0, 5).map(({ name }) => name);
  return {
    state: agents.length > 0 ? "ok" : "missing",
    says: `${agents.length} found${names.length > 0 ? `: ${names.join(", ")}` : ""}`,
  };
}

function attemptState(home: string): Omit<Check, "name"> {
  const folder = join(home, "attempts");
  const left = existsSync(folder) ? readdirSync(folder).length : 0;
  return { state: "ok", says: left === 0 ? "none left over" : `${left} in ${folder}` };
}

async function storageCheck(home: string): Promise<Check> {
  const name = "storage";
  try {
    const held = (await storageOf(home, databaseFile(home))).filter(({ bytes }) => bytes > 0);
    const parts = held.map(({ what, bytes }) => `${what} ${byteText(bytes)}`);
    const wayOut = '; "skillmeat prune --older-than 90d" removes old executions';
    return { name, state: "ok", says: parts.length === 0 ? "nothing is held" : parts.join(", ") + wayOut };
  } catch (error) {
    return { name, state: "broken", says: error instanceof Error ? error.message : String(error) };
  }
}

/** Those of running executions are among them. */
function worktreeState(home: string): Omit<Check, "name"> {
  const folder = join(home, "worktrees");
  const runs = existsSync(folder) ? readdirSync(folder) : [];
  const left = runs.flatMap((run) =>
    readdirSync(join(folder, run), { withFileTypes: true }).filter((entry) => entry.isDirectory()),
  );
  if (left.length === 0) return { state: "ok", says: "none left over" };
  return {
    state: "ok",
    says: `${left.length} with a stage's changes in ${folder}; "skillmeat worktree list" names them`,
  };
}
