import type { PlaceName } from "../../collection/artifact-places.ts";
import { listedTypes, type ListedArtifact } from "../../collection/list-artifacts.ts";
import { refusalText } from "../../collection/scan-folder.ts";
import { listLibrary } from "../../operation/list-library.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { artifactsFor } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { withStore } from "../open-home.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { tableLines } from "../terminal/table.ts";

type ListedRow = Omit<ListedArtifact, "type" | "path"> & { type: string; path: string | null };

const types = ["workflow", ...listedTypes] as const;

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir } = invocation;
  const only = given.text("type");
  const wanted = types.filter((type) => only === null || only === type);
  const artifacts = artifactsFor(invocation, workdir, workdir);
  const all: ListedRow[] = [];
  for (const type of wanted) {
    all.push(...(type === "workflow" ? await storedWorkflows(invocation) : artifacts.list(type)));
  }
  const items = all.filter((each) => fits(each, given.text("place"), given.text("search")));
  if (given.text("format") === "json") {
    output.json({ items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length });
    return exitCodes.done;
  }
  if (items.length === 0)
    output.note(only === null ? "the collection is empty" : `no ${only} in the collection`);
  else output.line(artifactTable(items, output.columns).join("\n"));
  for (const item of items) for (const line of shadowLines(item)) output.note(plainLine(line));
  const links = wanted.flatMap((type) => (type === "workflow" ? [] : artifacts.refused(type)));
  for (const text of new Set(links.map(refusalText)))
    output.note(`${output.notePaint.warn("warning:")} ${plainLine(text)}`);
  return exitCodes.done;
};

function fits(
  { name, ref, description, place }: ListedRow,
  only: string | null,
  search: string | null,
): boolean {
  const text = `${ref}\n${name}\n${description ?? ""}`.toLowerCase();
  return (only === null || place === only) && text.includes((search ?? "").toLowerCase());
}

function storedWorkflows({ home }: Invocation): Promise<ListedRow[]> {
  return withStore(home, (store) => {
    const found: ListedRow[] = [];
    let cursor: string | null = null;
    do {
      const page = listLibrary({ home, store }, { sort: "name", limit: 100, cursor });
      for (const { slug, name, file, tags } of page.items) {
        const none = { origin: null, upstream: null, shadows: [] };
        const own = { name: slug, description: name, path: file, place: "collection" as const, tags };
        found.push({ type: "workflow", ref: `workflow:${slug}`, ...own, ...none });
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    return found;
  });
}

function artifactTable(items: readonly ListedRow[], width: number): string[] {
  const columns = [
    { title: "named by", shrinks: true as const },
    { title: "description", shrinks: true as const },
    { title: "place" },
    { title: "where", shrinks: true as const },
  ];
  const rows = items.map(({ ref, name, description, place, path }) => {
    const isOther = !ref.toLowerCase().endsWith(`:${name.toLowerCase()}`);
    const said = [isOther ? name : "", description ?? ""].filter((text) => text !== "").join(": ");
    return [ref, said, place, path ?? ""];
  });
  return tableLines(columns, rows, width);
}

function shadowLines({ ref, place, shadows }: ListedRow): string[] {
  return shadows.map(
    (shadow) =>
      `${ref}: the one ${placeWords[place]} hides the one ${placeWords[shadow.place]}, ${shadow.path}`,
  );
}

const placeWords: Record<PlaceName, string> = {
  beside: "beside the workflow",
  project: "of the project",
  collection: "of the collection",
  user: "of your own .claude",
};
