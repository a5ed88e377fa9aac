import type { PriceTable } from "../collection/read-prices.ts";
import type { DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import type { Dispatchers } from "../dispatch/dispatchers.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { Store } from "../store/database.ts";
import type { PartialMessage } from "../execution/partial-message.ts";
import type { Blueprint } from "../machine/blueprint.ts";
import type { PendingCommit } from "./pending-commit.ts";
import type { Alarm, Deadlines } from "./deadlines.ts";
import type { LifecycleLog } from "../execution/lifecycle.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import type { StepQueue } from "../machine/step-queue.ts";
import type { ProcessTable } from "../store/holder-process.ts";
import type { Scheduler } from "./scheduler.ts";

/** Everything one engine holds in memory. The database has the truth; all of this can be made again from it. */
export interface EngineState {
  readonly store: Store;
  readonly holderId: string;
  /** Folder of the attempts' files. */
  readonly attemptsDir: string;
  /** Folder of the stages' own git worktrees. */
  readonly worktreesDir: string;
  /** Folder of the secrets that the database must not hold. */
  readonly secretsDir: string;
  /** Variables of this process that agents may see. */
  readonly agentEnv: Readonly<Record<string, string>>;
  /** Variables of this process for the providers of the agents' models. */
  readonly providerEnv: Readonly<Record<string, string>>;
  readonly alarm: Alarm;
  readonly scheduler: Scheduler;
  readonly processes: ProcessTable;
  /** False: what is started is only stored, for another engine to take over. */
  readonly drives: boolean;
  readonly mostLogBytes: number;
  readonly newId: () => string;
  readonly log: LifecycleLog;
  readonly dispatcher: Dispatchers;
  readonly dispatch: DispatchConfig;
  /** The prices of models as they are now. */
  readonly prices: () => PriceTable;
  /** Where `notify` of a hook posts to; null: it only logs. */
  readonly channel: (name: string) => string | null;
  readonly live: Map<string, LiveExecution>;
  /** By hash, with the number of executions that use it. */
  readonly blueprints: Map<string, { blueprint: Blueprint; users: number }>;
  readonly queue: StepQueue<LiveExecution, LiveStep>;
  readonly deadlines: Deadlines;
  /** Executions with changes that are not on disk. */
  readonly dirty: Set<LiveExecution>;
  /** Those of the dirty executions that are not stored at all yet. */
  readonly created: Set<LiveExecution>;
  readonly listeners: Set<(events: readonly StoredEvent[]) => void>;
  /** Who follows the messages that agents are still writing. */
  readonly partialListeners: Set<(partial: PartialMessage) => void>;
  /** What has to be over before an execution counts as ended: sweeps, hooks. */
  readonly cleanUps: Map<string, Set<Promise<void>>>;
  /** Who waits for an execution's end. */
  readonly waiters: Map<string, { wake: () => void; fail: (error: unknown) => void }[]>;
  /** A commit that the database has not taken yet. */
  unwritten: PendingCommit | null;
  /** Why the database refuses it, where that is worth telling. */
  hindrance: Hindrance | null;
  /** Tells observers, in a sentence, that something hinders the engine or no longer does. */
  readonly tell: (message: string) => void;
  /** Executions that this program cannot read; they are tried once, not every second. */
  readonly unreadable: Set<string>;
  /** True: takes over every execution that nobody drives, at any time. */
  takesOver: boolean;
  /** A recovery that is under way; the ids it takes over. */
  recovering: Promise<string[]> | null;
  isFlushPlanned: boolean;
  isSoonPlanned: boolean;
  /** Writes what is dirty, then does what waited for that. */
  readonly flush: () => void;
  /** `draining`: nothing new is started or accepted; `closed`: nothing is written any more. */
  phase: "open" | "draining" | "closed" | "failed";
  /** The error with which the database has failed. */
  failure: unknown;
  /** Attempts that this engine has begun and whose results it has not taken in. */
  readonly working: Set<Promise<void>>;
  /** Ends the engine for good: the database failed. */
  fail: (error: unknown) => void;
}

/** What keeps the database from being written at present. The engine goes on by itself when it is over. */
export type Hindrance = "full" | "locked";
