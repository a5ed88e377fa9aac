import { homedir } from "node:os";
import { readConfig } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import { accessFor, isLoopback } from "../http/access.ts";
import { createApp } from "../http/create-app.ts";
import { announceServer, refuseSecondServer } from "../http/server-file.ts";
import { listenForHandOver } from "../http/hand-over.ts";
import { listen } from "../http/listen.ts";
import type { ServerParts } from "../http/server-parts.ts";
import type { Store } from "../store/database.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { exitCodes } from "./exit-code.ts";
import { listenForInterrupts, type Interrupts } from "./interrupts.ts";
import { openLifecycleLog } from "./lifecycle-log.ts";
import { loginName } from "./login-name.ts";
import { openEngine } from "./open-engine.ts";
import { withStore } from "./open-home.ts";
import { openBrowser } from "./open-browser.ts";
import { runOptions, workdirOf } from "./run-options.ts";

const stopPatienceMs = 5_000;

type OnStop = "leave" | "wait" | "stop";

/** Runs the engine as a service until it is told to stop. */
export const run: CommandRun = async (invocation) => {
  const place = placeOf(invocation);
  const options = await runOptions(invocation, workdirOf(invocation));
  const { engineEnabled } = readConfig(invocation.home, invocation.env);
  return withStore(invocation.home, async (store) => {
    refuseSecondServer(store, invocation.home);
    const engine = await openEngine(invocation, store, "serve");
    const interrupts = listenForInterrupts(() => invocation.quit(exitCodes.interrupted));
    let mode: OnStop = "leave";
    try {
      const parts = partsOf(invocation, { store, engine, options, engineEnabled, place });
      mode = await serve(invocation, parts, place, interrupts);
      return exitCodes.done;
    } finally {
      await engine.stop(mode);
      interrupts.close();
    }
  });
};

interface Place {
  host: string;
  port: number;
  token: string | null;
}

/** How the engine is to stop. */
async function serve(
  invocation: Invocation,
  parts: ServerParts,
  place: Place,
  interrupts: Interrupts,
): Promise<OnStop> {
  const { output, home, given } = invocation;
  const app = createApp(parts);
  const listening = await listen(app, place);
  const handOver = parts.engineEnabled ? await listenForHandOver(home, parts.engine, output.note) : null;
  const forget = announceServer(home, listening.url);
  try {
    output.line(`listening on ${listening.url}`);
    if (parts.engineEnabled) output.line(recoveredText(await parts.engine.recover()));
    else output.line("workflows are switched off (WORKFLOW_ENGINE_ENABLED)");
    if (given.flag("open")) openBrowser(listening.url, output.note);
    const why = await Promise.race([interrupts.left, interrupts.cancelled, parts.engine.failed]);
    output.note(
      why === "left"
        ? "stopping"
        : "stopping; what runs goes on at the next start. Ctrl+C again quits at once",
    );
    return why === "cancelled" ? "stop" : onStop(given.text("on-stop"));
  } finally {
    forget();
    handOver?.stop();
    await listening.stop(stopPatienceMs);
  }
}

function recoveredText(ids: readonly string[]): string {
  if (ids.length === 0) return "no execution was left to take over";
  const named = ids.slice(0, 5).join(", ");
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : "";
  return `took over ${ids.length === 1 ? "an execution" : `${ids.length} executions`}: ${named}${more}`;
}

function placeOf({ given, env }: Invocation): Place {
  const host = given.text("host") ?? "127.0.0.1";
  const token = given.text("token") ?? env["SKILLMEAT_TOKEN"] ?? null;
  const port = given.whole("port", { least: 0, most: 65_535 }) ?? 8787;
  if (token !== null && token.length < 16) {
    throw new AppError(
      "invalid_usage",
      "the token is too short. take at least 16 characters, such as: openssl rand -hex 16",
    );
  }
  if (token === null && !isLoopback(host)) {
    throw new AppError(
      "invalid_usage",
      `on "${host}" others can reach the server, so it needs a token. give --token or set SKILLMEAT_TOKEN`,
    );
  }
  return { host, port, token };
}

function onStop(given: string | null): OnStop {
  return given === "wait" || given === "stop" ? given : "leave";
}

function partsOf(
  { home, env, output }: Invocation,
  {
    store,
    engine,
    options,
    engineEnabled,
    place,
  }: {
    store: Store;
    engine: Engine;
    options: ServerParts["options"];
    engineEnabled: boolean;
    place: Place;
  },
): ServerParts {
  const write = openLifecycleLog(home, output.note);
  return {
    store,
    engine,
    home,
    userHome: env["HOME"] ?? homedir(),
    options,
    user: loginName(env),
    engineEnabled,
    access: accessFor(place.host, place.token),
    log: (entry) => write(JSON.stringify(entry)),
  };
}
