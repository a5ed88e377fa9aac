import { listLibrary } from "../operation/list-library.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { artifactsFor } from "./compose.ts";
import { exitCodes } from "./exit-code.ts";
import { withStore } from "./open-home.ts";
import { tableLines } from "./table.ts";

interface Listed {
  type: string;
  name: string;
  description: string | null;
  /** Where it was found: a file or a folder. */
  origin: string | null;
}

const types = ["workflow", "agent", "skill", "command", "mcp"] as const;

export const run: CommandRun = async (invocation) => {
  const { given, output } = invocation;
  const only = given.text("type");
  const items: Listed[] = [];
  for (const type of types) {
    if (only === null || only === type) items.push(...(await listed(invocation, type)));
  }
  if (given.text("format") === "json") {
    output.json({ items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length });
    return exitCodes.done;
  }
  if (items.length === 0)
    output.note(only === null ? "the collection is empty" : `no ${only} in the collection`);
  else output.line(artifactTable(items, output.columns).join("\n"));
  return exitCodes.done;
};

function listed(invocation: Invocation, type: (typeof types)[number]): Promise<Listed[]> | Listed[] {
  if (type === "workflow") return storedWorkflows(invocation);
  const { workdir } = invocation;
  return artifactsFor(invocation, workdir, workdir)
    .list(type)
    .map(({ name, description, path }) => ({ type, name, description, origin: path }));
}

function storedWorkflows({ home }: Invocation): Promise<Listed[]> {
  return withStore(home, (store) => {
    const found: Listed[] = [];
    let cursor: string | null = null;
    do {
      const page = listLibrary({ home, store }, { sort: "name", limit: 100, cursor });
      for (const { slug, name, file } of page.items) {
        found.push({ type: "workflow", name: slug, description: name, origin: file });
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    return found;
  });
}

function artifactTable(items: readonly Listed[], width: number): string[] {
  const columns = [
    { title: "type" },
    { title: "name", shrinks: true as const },
    { title: "description", shrinks: true as const },
    { title: "where", shrinks: true as const },
  ];
  const rows = items.map(({ type, name, description, origin }) => [
    type,
    name,
    description ?? "",
    origin ?? "",
  ]);
  return tableLines(columns, rows, width);
}
