import { existsSync } from "node:fs";
import { askProgram } from "./ask-program.ts";
import { dispatcherTrouble } from "./dispatchers.ts";
import { isOlder } from "./executable.ts";
import type { KnownProgram, ProgramAbilities } from "./known-programs.ts";
import { defaultPath } from "./process/agent-environment.ts";
import { programTrouble } from "./program-trouble.ts";
import type { ProgramVersions } from "./program-versions.ts";

/** What is found of one agent's program on this machine. */
export interface ProgramFacts {
  name: string;
  title: string;
  /** The dispatcher of this build that runs it; null: none does. */
  dispatcher: string | null;
  path: string | null;
  version: string | null;
  least_version: string | null;
  is_old: boolean;
  /** Null: unknown. */
  logged_in: boolean | null;
  /** The variable or the file that the login was found by; null: the program itself has said it. */
  login_by: string | null;
  abilities: ProgramAbilities | null;
  /** Why it cannot be started although it is there; null where it can. */
  trouble: string | null;
  /** The command that gets what is missing; null when nothing is. */
  way_out: string | null;
}

interface Surroundings {
  /** The environment that an agent of this program would get. */
  env: Readonly<Record<string, string>>;
  workdir: string;
  versions: ProgramVersions;
}

const longestStatusMs = 10_000;

/** Looks for a program and asks it for its version and its login. Nothing is sent to a model. */
export async function lookAtProgram(known: KnownProgram, around: Surroundings): Promise<ProgramFacts> {
  const { name, title, leastVersion, install, update, login } = known;
  const { env, workdir, versions } = around;
  const place = { workdir, path: env["PATH"] ?? defaultPath };
  const path = Bun.which(name, { PATH: place.path, cwd: workdir });
  const isBuilt = known.dispatcher !== null && dispatcherTrouble(known.dispatcher) === null;
  const facts: ProgramFacts = {
    name,
    title,
    dispatcher: isBuilt ? known.dispatcher : null,
    path,
    version: null,
    least_version: leastVersion,
    is_old: false,
    logged_in: null,
    login_by: null,
    abilities: isBuilt ? known.abilities : null,
    trouble: null,
    way_out: install,
  };
  if (path === null) return facts;
  const trouble = programTrouble(path, `"${name}" in PATH`, place);
  if (trouble) return { ...facts, trouble: trouble.says, way_out: trouble.wayOut };
  const version = await versions.of(path, { env, workdir });
  if (version === null) return { ...facts, trouble: 'it does not answer "--version" with a version' };
  const isOld = leastVersion !== null && isOlder(version, leastVersion);
  const found = await findLogin(path, known, around);
  const isOut = found.logged_in === false;
  return {
    ...facts,
    version,
    is_old: isOld,
    ...found,
    way_out: isOld ? update : isOut ? login.command : null,
  };
}

/** The program's own word counts first, then a key or what a login has left. */
async function findLogin(
  path: string,
  { login }: KnownProgram,
  { env, workdir }: Surroundings,
): Promise<Pick<ProgramFacts, "logged_in" | "login_by">> {
  const { status, keys } = login;
  const answer =
    status && (await askProgram([path, ...status.args], { env, workdir, longestMs: longestStatusMs }));
  const said = status && answer ? status.read(answer) : null;
  if (said === true) return { logged_in: true, login_by: null };
  const key = keys.find((name) => env[name]);
  if (key !== undefined) return { logged_in: true, login_by: key };
  if (said === false) return { logged_in: false, login_by: null };
  const file = login.file(env);
  if (file !== null && existsSync(file)) return { logged_in: true, login_by: file };
  // A program that was asked and has not answered may know more than its files show.
  return { logged_in: status === null ? false : null, login_by: null };
}
