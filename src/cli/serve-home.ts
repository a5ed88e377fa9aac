import { homedir } from "node:os";
import { readConfig } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import { keepRetention, type RetentionOptions } from "../operation/retention.ts";
import type { Access } from "../http/server/access.ts";
import type { ListeningServer } from "../http/server/listen.ts";
import { linkMinutes, makeLoginLink } from "../http/server/login-link.ts";
import { createMetrics } from "../http/server/metrics.ts";
import { announceServer, refuseSecondServer, type ServerFile } from "../http/server/server-file.ts";
import type { ServerParts } from "../http/server/server-parts.ts";
import { busyTimeoutMs, setBusyTimeout, type Store } from "../store/database.ts";
import { checkInBackground } from "./background-check.ts";
import type { Invocation } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import type { Interrupts } from "./terminal/interrupts.ts";
import { loginName } from "./login-name.ts";
import { openBrowser } from "./open-browser.ts";
import { openEngine } from "./open-engine.ts";
import { databaseFile, withStore } from "./open-home.ts";
import { pruneEntry } from "./prune-entry.ts";
import { lastingWorkdirOf, runOptions } from "./run-options.ts";

const stopPatienceMs = 5_000;
/** Longer than commits of other processes take, but too short to be noticed; a write is tried again after it. */
const servingBusyTimeoutMs = 50;

interface ServeOptions {
  listening: ListeningServer;
  access: Access;
  /** Where the token comes from. */
  from: ServerFile["token"];
  interrupts: Interrupts;
}

type OnStop = "leave" | "wait" | "stop";

/** Gives a listening server its home's database and engine, and waits for what ends it. */
export async function serveHome(
  invocation: Invocation,
  { listening, access, from, interrupts }: ServeOptions,
): Promise<ExitCode> {
  const options = await runOptions(invocation, lastingWorkdirOf(invocation));
  return withStore(invocation.home, async (store) => {
    refuseSecondServer(store, invocation.home);
    const engine = await openEngine(invocation, store, "serve");
    let mode: OnStop = "leave";
    const stopPruning = pruneDaily(invocation);
    const stopChecking = checkInBackground(invocation, engine);
    try {
      const parts = partsOf(invocation, { store, engine, options, access });
      mode = await serve(invocation, parts, { listening, access, from, interrupts });
      return engine.trouble()?.kind === "failed" ? exitCodes.unavailable : exitCodes.done;
    } finally {
      stopPruning();
      stopChecking();
      setBusyTimeout(store.sqlite, busyTimeoutMs);
      await engine.stop(mode);
    }
  });
}

/** How the engine has to stop. */
async function serve(
  invocation: Invocation,
  parts: ServerParts,
  { listening, from, interrupts }: ServeOptions,
): Promise<OnStop> {
  const { output, home, given } = invocation;
  const { engine, engineEnabled } = parts;
  const load = async () => (await import("../http/server/create-app.ts")).createApp(parts);
  listening.serve(load, parts.metrics);
  const forget = announceServer(home, { url: listening.url, token: from });
  try {
    output.line(`listening on ${listening.url}`);
    const way = announceLogin(invocation, parts, listening.url);
    // From here on other requests are answered in between, which must not wait for a lock of another process.
    setBusyTimeout(parts.store.sqlite, servingBusyTimeoutMs);
    if (engineEnabled) output.line(recoveredText(await engine.recover()));
    else output.line("workflows are switched off (WORKFLOW_ENGINE_ENABLED)");
    if (given.flag("open")) openBrowser(invocation, way);
    // The server goes on answering then: everything that is stored can still be read.
    engine.failed.catch((error: unknown) => output.note(`error: ${messageOf(error)}`));
    const why = await Promise.race([interrupts.left, interrupts.cancelled]);
    output.note(
      why === "left"
        ? "stopping"
        : "stopping; running steps continue at the next start. Ctrl+C again quits at once",
    );
    return why === "cancelled" ? "stop" : onStop(given.text("on-stop"));
  } finally {
    forget();
    await listening.stop(stopPatienceMs);
  }
}

/** Applies `[retention]` of the configuration, if there is one. Returns the way to stop it. */
function pruneDaily({ home, env, log }: Invocation): () => void {
  const { retention } = readConfig(home, env);
  if (!retention) return () => {};
  const tell: RetentionOptions["tell"] = (result) => log(pruneEntry(result, new Date()));
  const after: RetentionOptions["after"] = (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  };
  return keepRetention({ database: databaseFile(home), home, retention, env, tell, now: Date.now, after });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Prints how to open the server in a browser; returns the address for that. */
function announceLogin({ output }: Invocation, { store, access }: ServerParts, url: string): string {
  if (access.token === null) {
    output.note(
      `${output.notePaint.warn("no token:")} every process and every user of this machine may run programs as you here`,
    );
    return url;
  }
  const link = makeLoginLink(store, url, Date.now());
  output.line(`log in once, within ${linkMinutes} minutes: ${link}`);
  return link;
}

function recoveredText(ids: readonly string[]): string {
  if (ids.length === 0) return "no execution was left to take over";
  const named = ids.slice(0, 5).join(", ");
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : "";
  return `took over ${ids.length === 1 ? "an execution" : `${ids.length} executions`}: ${named}${more}`;
}

function onStop(given: string | null): OnStop {
  return given === "wait" || given === "stop" ? given : "leave";
}

function partsOf(
  { home, env, log }: Invocation,
  given: { store: Store; engine: Engine; options: ServerParts["options"]; access: Access },
): ServerParts {
  const { engineEnabled, dispatch, serveRoots } = readConfig(home, env);
  return {
    ...given,
    roots: serveRoots ?? [given.options.workdir],
    metrics: createMetrics(given.store, given.engine),
    home,
    userHome: env["HOME"] ?? homedir(),
    user: loginName(env),
    dispatch,
    engineEnabled,
    log,
  };
}
