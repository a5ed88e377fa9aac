import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { aNewExecution, anUpdate } from "../testing/an-execution.ts";
import { backupDatabase, migrationStatus } from "./backup.ts";
import { migrations } from "./migrations.ts";
import { openStore, runTransaction, type Store } from "./database.ts";
import { getExecution } from "./executions.ts";
import { registerHolder } from "./leases.ts";
import { listExecutions } from "./list-executions.ts";
import { storeFailure } from "./store-failure.ts";
import { commitTransitions } from "./transitions.ts";

const root = mkdtempSync(join(tmpdir(), "store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function aFolder(): string {
  return mkdtempSync(join(root, "d-"));
}

function aFile(): string {
  return join(aFolder(), "workflows.db");
}

function aRunIn(store: Store): ReturnType<typeof aNewExecution> {
  const id = Bun.randomUUIDv7();
  registerHolder(store, { id, pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: "" });
  const created = aNewExecution();
  commitTransitions(store, { holder_id: id, created: [created], updated: [] });
  return created;
}

function trouble(open: () => unknown): AppError {
  try {
    open();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

test("a new database is made with its folder, for its owner alone, and nothing else is left there", () => {
  const path = join(aFolder(), "new", "folder", "workflows.db");
  const store = openStore(path);
  const run = aRunIn(store);
  expect([path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([0o600, 0o600, 0o600]);
  expect(mode(join(path, ".."))).toBe(0o700);
  store.close();
  expect(readdirSync(join(path, ".."))).toEqual(["workflows.db"]);
  const again = openStore(path);
  expect(getExecution(again, run.execution.record.run_id)).toEqual(run.execution.record);
  again.close();
});

test("files that others could read are narrowed", () => {
  const path = aFile();
  openStore(path).close();
  chmodSync(path, 0o644);
  openStore(path).close();
  expect(mode(path)).toBe(0o600);
});

test("the pragmas are those that make a commit survive a power loss", () => {
  const { sqlite, close } = openStore(aFile());
  const value = (name: string) => Object.values(sqlite.query(`PRAGMA ${name}`).get() as object)[0];
  expect(["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map(value)).toEqual([
    "wal",
    2,
    1,
    5000,
  ]);
  close();
});

test("the data version changes by another connection's commits only", () => {
  const path = aFile();
  const [own, other] = [openStore(path), openStore(path)];
  const before = own.dataVersion();
  aRunIn(own);
  expect(own.dataVersion()).toBe(before);
  aRunIn(other);
  expect(own.dataVersion()).not.toBe(before);
  own.close();
  other.close();
});

function foreign(path: string): void {
  const database = new Database(path, { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("CREATE TABLE t (a)");
  database.close();
}

function newer(path: string): void {
  openStore(path).close();
  const database = new Database(path);
  database.run("PRAGMA user_version = 99");
  database.close();
}

function damaged(path: string): void {
  openStore(path).close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(path, bytes);
}

function cut(path: string): void {
  openStore(path).close();
  writeFileSync(path, readFileSync(path).subarray(0, 2000));
}

describe("a file that is refused stays byte for byte what it was", () => {
  const cases: [string, (path: string) => void, string][] = [
    ["empty", (path) => writeFileSync(path, ""), "is empty. put a backup in its place, or remove it"],
    ["text", (path) => writeFileSync(path, "hello".repeat(100)), "is not a database. move it away"],
    ["short", (path) => writeFileSync(path, "SQLite format 3\0"), "is not a database"],
    ["foreign", foreign, "is the database of another program. move it away"],
    ["newer", newer, "has schema 99, made by a newer skillmeat"],
    ["damaged", damaged, "it is damaged"],
    ["cut off", cut, "it is damaged"],
  ];
  test.each(cases)("%s", (_, make, message) => {
    const path = aFile();
    make(path);
    const before = readFileSync(path);
    const error = trouble(() => openStore(path));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain(message);
    expect(error.message).toContain(path);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, "..")).filter((name) => !/-(wal|shm)$/.test(name))).toEqual([
      "workflows.db",
    ]);
  });

  test("a folder where the file should be", () => {
    const path = aFile();
    mkdirSync(path);
    expect(trouble(() => openStore(path)).code).toBe("unavailable");
  });

  test("a file where the folder should be", () => {
    const path = join(aFile(), "workflows.db");
    writeFileSync(join(path, ".."), "");
    expect(trouble(() => openStore(path)).message).toContain("make its folder writable");
  });
});

describe("reading only", () => {
  test("needs a file that is there", () => {
    const path = aFile();
    expect(trouble(() => openStore(path, { readonly: true })).message).toContain("there is no database");
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  test("sees what others write and can write nothing", () => {
    const path = aFile();
    const writer = openStore(path);
    const reader = openStore(path, { readonly: true });
    aRunIn(writer);
    expect(listExecutions(reader).total_count).toBe(1);
    expect(() => aRunIn(reader)).toThrow("readonly");
    reader.close();
    writer.close();
  });
});

test("work that throws is undone, and the store goes on", () => {
  const store = openStore(":memory:");
  const failing = () =>
    runTransaction(store, () => {
      store.sqlite.run("DELETE FROM holders");
      throw new Error("on purpose");
    });
  aRunIn(store);
  expect(failing).toThrow("on purpose");
  expect(store.sqlite.query("SELECT count(*) AS count FROM holders").get()).toEqual({ count: 1 });
  aRunIn(store);
});

test("a lock that another connection keeps is told apart from a failed disk", () => {
  const path = aFile();
  const [own, other] = [openStore(path), openStore(path)];
  own.sqlite.run("PRAGMA busy_timeout = 1");
  const attempt = () => {
    try {
      aRunIn(own);
      return "done";
    } catch (error) {
      return storeFailure(error);
    }
  };
  runTransaction(other, () => expect(attempt()).toBe("busy"));
  expect(attempt()).toBe("done");
  expect(storeFailure(new Error("SQLITE_FULL"))).toBeNull();
  own.close();
  other.close();
});

test("a backup is a whole database of its own, for its owner alone, and replaces nothing", () => {
  const store = openStore(aFile());
  const run = aRunIn(store);
  const copy = join(aFolder(), "copy.db");
  backupDatabase(store, copy);
  expect(mode(copy)).toBe(0o600);
  expect(() => backupDatabase(store, copy)).toThrow("is already there");
  aRunIn(store);
  store.close();
  const restored = openStore(copy);
  expect(listExecutions(restored).items).toEqual([run.execution.record]);
  expect(migrationStatus(restored)).toMatchObject({
    current: migrations.length,
    latest: migrations.length,
    migrations: migrations.map((_, index) => ({ number: index + 1, applied: true })),
  });
  restored.close();
});

const mayMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0;

describe.skipIf(!mayMount)("a file system that takes nothing more", () => {
  test("full: every write fails as full, what was committed stays, and goes on when there is room", () => {
    const folder = aFolder();
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]).exitCode).toBe(0);
    try {
      const path = join(folder, "workflows.db");
      const store = openStore(path);
      const run = aRunIn(store);
      const holder_id =
        store.sqlite.query<{ holder_id: string }, []>("SELECT holder_id FROM leases").get()?.holder_id ?? "";
      const { run_id } = run.execution.record;
      let acknowledged = run.execution.record.last_event;
      const fill = () => {
        for (let index = 0; index < 5_000; index++) {
          run.execution.machine = "x".repeat(20_000 + index);
          commitTransitions(store, { holder_id, created: [], updated: [anUpdate(run)] });
          acknowledged = run.execution.record.last_event;
        }
      };
      writeFileSync(join(folder, "ballast"), new Uint8Array(1_500_000));
      let failure: unknown;
      try {
        fill();
      } catch (error) {
        failure = error;
      }
      // A checkpoint that keeps up makes 5,000 updates fit; then the failure is forced by a big one.
      if (failure === undefined) {
        run.execution.machine = "x".repeat(3_000_000);
        try {
          commitTransitions(store, { holder_id, created: [], updated: [anUpdate(run)] });
        } catch (error) {
          failure = error;
        }
      }
      expect(storeFailure(failure)).toBe("full");
      expect(getExecution(store, run_id).last_event).toBe(acknowledged);
      store.close();
      rmSync(join(folder, "ballast"));
      const again = openStore(path);
      expect(getExecution(again, run_id).last_event).toBe(acknowledged);
      aRunIn(again);
      again.close();
    } finally {
      Bun.spawnSync(["umount", "-l", folder]);
    }
  });

  test("read-only: neither an old nor a new database can be used, and it says so", () => {
    const folder = aFolder();
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]).exitCode).toBe(0);
    try {
      openStore(join(folder, "workflows.db")).close();
      expect(Bun.spawnSync(["mount", "-o", "remount,ro", folder]).exitCode).toBe(0);
      for (const name of ["workflows.db", "new.db"]) {
        const error = trouble(() => openStore(join(folder, name)));
        expect(error.code).toBe("unavailable");
        expect(error.message).toMatch(/writable, or give another with --data-dir/);
      }
    } finally {
      Bun.spawnSync(["umount", "-l", folder]);
    }
  });
});

test.skipIf(process.getuid?.() === 0)("a folder without the right to write is told", () => {
  const folder = aFolder();
  chmodSync(folder, 0o500);
  expect(trouble(() => openStore(join(folder, "workflows.db"))).message).toContain(
    "make its folder writable",
  );
});
