import type { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backUpBefore } from "./copy-database.ts";
import { openStore, type Store } from "./database.ts";
import { migrations } from "./migrations.ts";

/** Each time that the database is copied, `meanwhile` happens just before. */
function interrupted({ sqlite }: Store, meanwhile: () => void): Database {
  const query = (sql: string): unknown => {
    if (sql.startsWith("VACUUM")) meanwhile();
    return sqlite.query(sql);
  };
  return { query } as unknown as Database;
}

function withStore(act: (store: Store, folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-copy-"));
  const store = openStore(join(folder, "workflows.db"));
  act(store, folder);
  store.close();
  rmSync(folder, { recursive: true });
}

const copiesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.includes(".schema-"));

test("two processes that copy a database at the same time before they migrate it have a whole copy each", () => {
  withStore((store, folder) => {
    const version = migrations.length;
    const other = openStore(store.path);
    let second: string | null = null;
    const first = backUpBefore(
      interrupted(store, () => (second = backUpBefore(other.sqlite, store.path, version))),
      store.path,
      version,
    );
    other.close();
    expect(
      copiesIn(folder)
        .map((name) => join(folder, name))
        .toSorted(),
    ).toEqual([first, second].map(String).toSorted());
    expect(first).not.toBe(second);
    for (const copy of [first, second]) openStore(String(copy), { readonly: true }).close();
  });
});

test("a database that another process has migrated meanwhile is not copied", () => {
  withStore((store, folder) => {
    const migrated = interrupted(store, () => store.sqlite.run("PRAGMA user_version = 1"));
    expect(backUpBefore(migrated, store.path, migrations.length)).toBeNull();
    expect(copiesIn(folder)).toEqual([]);
  });
});
