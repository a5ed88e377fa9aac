import type { DispatchConfig } from "../../dispatch/choose-dispatcher.ts";
import type { RunOptions } from "../../execution/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { EngineTrouble } from "../../engine/trouble.ts";
import type { Store } from "../../store/database.ts";
import type { Access } from "./access.ts";
import type { Feed } from "../stream/feed.ts";
import type { Metrics } from "./metrics.ts";
import type { Sessions } from "./sessions.ts";

/** What the server is made of. Nothing in http uses a global: everything comes from here. */
export interface ServerParts {
  store: Store;
  engine: Engine;
  /** Absolute folder of skillmeat's data. */
  home: string;
  /** The home folder of whoever runs the server; agents may lie there. */
  userHome: string;
  /** How executions started over HTTP are done. */
  options: RunOptions;
  /** Where such an execution may work if it names a directory: these folders and everything below them. */
  roots: readonly string[];
  /** Which dispatcher does a stage that names none. */
  dispatch: DispatchConfig;
  /** The name for decisions and workflows when a request names nobody. */
  user: string;
  /** False: every route of workflows answers 404 and the pages hide the section. */
  engineEnabled: boolean;
  access: Access;
  metrics: Metrics;
  /** One line of the lifecycle log. */
  log: (entry: object) => void;
}

/** The parts with what the application itself makes of them; what routes get. */
export interface Context extends ServerParts {
  feed: Feed;
  sessions: Sessions;
  /** Why the engine accepts nothing at present, in a sentence with the way out; null: it accepts everything. */
  engineTrouble: () => EngineTrouble | null;
  /** Starts that carry an `Idempotency-Key` and are on their way, by run id. */
  starting: Map<string, Promise<string>>;
}
