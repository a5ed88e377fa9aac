import { Database, SQLiteError, type SQLQueryBindings, type Statement } from "bun:sqlite";
import type { Store } from "../store/database.ts";
import { openTestStore } from "../testing/open-test-store.ts";

/** `alone`: a write that is its own transaction; `other`: what neither reads nor writes, such as a roll-back. */
export type StatementKind = "read" | "begin" | "write" | "alone" | "commit" | "other";

/** What one process does on the disk, as faults see it: it may be stopped or refused before and after. */
export interface DiskUser {
  readonly isAlive: boolean;
  /** Before each statement; may throw. */
  use(kind: StatementKind): void;
  /** Before and after each commit, also of a statement outside a transaction; may throw. */
  commit(side: "before" | "after"): void;
}

/**
 * One database that several processes have open. It is in memory and its `serialize()` is the disk: what is on it
 * survives a crash, and whatever was not committed does not.
 */
export interface SimulatedDisk {
  /** The store as one process has it. */
  open(user: DiskUser): Store;
  /** The store of whoever only looks on and meets no faults. */
  store: Store;
  /** Takes back what a process that has died in the middle of a transaction has written. */
  rollBack(): void;
  /** The machine goes down and comes up again: what was on the disk is read into a new database. */
  restart(): void;
  close(): void;
}

/** What the store throws for a process that is not there any more: nothing of what its code still does counts. */
export class ProcessDied extends Error {}

let template: Uint8Array | null = null;
/** A database that an earlier history is done with: to prepare all statements again takes longer than to empty it. */
let spare: Base | null = null;

export function simulateDisk(committed: () => void): SimulatedDisk {
  template ??= openTestStore().sqlite.serialize();
  let base = spare ?? openBase(template);
  spare = null;
  let commits = 0;
  const current = (): Base => base;
  const open = (user: DiskUser): Store => {
    let own = 0;
    const end = <T>(work: () => T): T => {
      user.commit("before");
      const result = work();
      commits++;
      own++;
      committed();
      user.commit("after");
      return result;
    };
    return openView(current, user, { end, dataVersion: () => commits - own });
  };
  return {
    open,
    store: openView(current, onlooker, { end: (work) => work(), dataVersion: () => commits }),
    rollBack: () => {
      if (base.sqlite.inTransaction) base.prepare("ROLLBACK").run();
    },
    restart: () => {
      if (base.sqlite.inTransaction) base.prepare("ROLLBACK").run();
      const bytes = base.sqlite.serialize();
      base.close();
      base = openBase(bytes);
    },
    close: () => {
      spare = base;
      empty(spare);
    },
  };
}

/** As it was when it was made, the numbers of its rows included. */
function empty({ prepare }: Base): void {
  for (const table of filled) prepare(`DELETE FROM ${table}`).run();
}

const filled = [
  "events",
  "log_lines",
  "signals",
  "leases",
  "holders",
  "execution_steps",
  "workflow_executions",
  "execution_snapshots",
];

const onlooker: DiskUser = { isAlive: true, use: () => {}, commit: () => {} };

interface Base {
  sqlite: Database;
  prepare(text: string): Statement;
  close(): void;
}

function openBase(bytes: Uint8Array): Base {
  const sqlite = Database.deserialize(bytes);
  sqlite.run("PRAGMA foreign_keys = ON");
  const statements = new Map<string, Statement>();
  return {
    sqlite,
    prepare: (text) => {
      let statement = statements.get(text);
      if (!statement) statements.set(text, (statement = sqlite.prepare(text)));
      return statement;
    },
    close: () => {
      for (const statement of statements.values()) statement.finalize();
      sqlite.close();
    },
  };
}

function openView(
  base: () => Base,
  user: DiskUser,
  { end, dataVersion }: { end: <T>(work: () => T) => T; dataVersion: () => number },
): Store {
  const statements = new Map<string, Statement>();
  const refuseDead = (): void => {
    if (!user.isAlive) throw new ProcessDied("this process is not there any more");
  };
  const make = (text: string): Statement => {
    const plain = kindOf(text);
    const guarded = <T>(work: (statement: Statement) => T): T => {
      refuseDead();
      const kind = plain === "write" && !base().sqlite.inTransaction ? "alone" : plain;
      user.use(kind);
      const statement = base().prepare(text);
      return kind === "commit" || kind === "alone" ? end(() => work(statement)) : work(statement);
    };
    const made = {
      run: (...values: SQLQueryBindings[]) => guarded((statement) => statement.run(...values)),
      get: (...values: SQLQueryBindings[]) => guarded((statement) => statement.get(...values)),
      all: (...values: SQLQueryBindings[]) => guarded((statement) => statement.all(...values)),
    };
    return made as unknown as Statement;
  };
  return {
    path: ":memory:",
    get sqlite(): Database {
      return base().sqlite;
    },
    get orm(): never {
      throw new Error("a simulated process asks its database by prepared statements alone");
    },
    prepare: <Row, Params extends SQLQueryBindings[]>(text: string) => {
      let statement = statements.get(text);
      if (!statement) statements.set(text, (statement = make(text)));
      return statement as Statement<Row, Params>;
    },
    dataVersion: () => {
      refuseDead();
      return dataVersion();
    },
    refuseChanged: refuseDead,
    close: () => {},
  };
}

function kindOf(text: string): StatementKind {
  if (/^(INSERT|UPDATE|DELETE)/.test(text)) return "write";
  if (text === "COMMIT") return "commit";
  if (text.startsWith("BEGIN")) return "begin";
  return text.startsWith("SELECT") ? "read" : "other";
}

/** An error as SQLite throws it. Its class cannot be made by anybody else. */
export function databaseError(code: "FULL" | "IOERR" | "BUSY"): Error {
  const error = Object.assign(new Error(messages[code]), { name: "SQLiteError", code: `SQLITE_${code}` });
  return Object.setPrototypeOf(error, SQLiteError.prototype) as Error;
}

const messages = {
  FULL: "database or disk is full",
  IOERR: "disk I/O error",
  BUSY: "database is locked",
} as const;
