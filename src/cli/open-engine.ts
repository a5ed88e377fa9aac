import { readConfig } from "../config.ts";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { Store } from "../store/database.ts";
import type { Invocation } from "./command.ts";
import { openLifecycleLog } from "./lifecycle-log.ts";

/** An engine of this process. `kind` tells other processes what it is there for. */
export function openEngine(
  { given, home, env, output, debug }: Invocation,
  store: Store,
  kind: Parameters<typeof createEngine>[0]["kind"],
): Promise<Engine> {
  const { maxSteps, dispatch, channels } = readConfig(home, env);
  const write = openLifecycleLog(home, output.note);
  return createEngine({
    store,
    home,
    kind,
    dispatch,
    channels,
    maxSteps: given.whole("max-steps", { least: 1, most: 1000 }) ?? maxSteps,
    log: (entry) => {
      const line = JSON.stringify(entry);
      write(line);
      if (debug) output.note(line);
    },
  });
}
