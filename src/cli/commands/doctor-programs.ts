import { readConfig } from "../../config.ts";
import { knownPrograms } from "../../dispatch/known-programs.ts";
import { lookAtProgram, type ProgramFacts } from "../../dispatch/look-at-program.ts";
import { openProgramVersions } from "../../dispatch/program-versions.ts";
import { providerVariables } from "../../dispatch/provider-variables.ts";
import { allowedEnv } from "../../execution/allowed-env.ts";
import type { Invocation } from "../command.ts";

/** Everything about the programs of agents, each asked for its version and its login at the same time. */
export function lookAtPrograms({ home, env, workdir }: Invocation): Promise<ProgramFacts[]> {
  const versions = openProgramVersions(home);
  const ordinary = allowedEnv(env, passedNames(home, env));
  return Promise.all(
    knownPrograms.map((known) => {
      const { dispatcher, login } = known;
      // One that no dispatcher runs is looked at as its user would start it.
      const own = dispatcher === null ? pick(env, login.keys) : providerVariables(env, [dispatcher]);
      return lookAtProgram(known, { env: { ...own, ...ordinary }, workdir, versions });
    }),
  );
}

/** A config that cannot be read has a row of its own. */
function passedNames(home: string, env: Invocation["env"]): string[] {
  try {
    return readConfig(home, env).passEnv;
  } catch {
    return [];
  }
}

function pick(env: Invocation["env"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** The state of a program and what doctor says about it in one line. */
export function programRow(facts: ProgramFacts): { state: "ok" | "missing" | "old"; says: string } {
  const { path, version, least_version: least, is_old: isOld, logged_in: isIn, trouble } = facts;
  if (path === null) return { state: "missing", says: "not in PATH" };
  if (trouble !== null) return { state: "missing", says: `${path}: ${trouble}` };
  const limit = least === null ? "" : isOld ? `, at least ${least} is needed` : ` (at least ${least})`;
  const parts = [`${version}${limit}`, loginText(facts), abilityText(facts), path];
  return { state: isOld ? "old" : isIn === false ? "missing" : "ok", says: parts.join("; ") };
}

function loginText({ logged_in: isIn, login_by: by }: ProgramFacts): string {
  if (isIn === null) return "login unknown";
  if (!isIn) return "not logged in";
  return by === null ? "logged in" : `logged in by ${by}`;
}

function abilityText({ dispatcher, abilities }: ProgramFacts): string {
  if (dispatcher === null || abilities === null) return 'no dispatcher; "dispatcher: command" runs it';
  const { schema, resume, permissions, cost } = abilities;
  const words = [
    schema === "native" ? "native schema" : "outputs over MCP",
    resume ? "resumes" : "begins anew",
    `permissions by ${permissions}`,
    cost === "reported" ? "reports cost" : "cost by price table",
  ];
  return `${dispatcher}: ${words.join(", ")}`;
}

/** How to get what is missing, a line for each program. */
export function wayOutLines(all: readonly ProgramFacts[]): string[] {
  const lines = all.flatMap(({ name, way_out }) => (way_out === null ? [] : `  ${name}: ${way_out}`));
  return lines.length === 0 ? [] : ["", "to get what is missing:", ...lines];
}
