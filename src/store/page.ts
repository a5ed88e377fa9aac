import { AppError } from "../errors.ts";

/** One page of a list. A cursor is null where there is nothing more in its direction. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  prev_cursor: string | null;
  has_more: boolean;
  total_count: number;
  /** There are more than `total_count`, because not all were counted. Absent when all were. */
  total_is_least?: true;
  /** The number of damaged rows that this page leaves out; absent when there are none. */
  damaged?: number;
}

/** How many rows there are on all pages together. */
export interface Total {
  count: number;
  /** True: there are more than `count`. */
  isLeast: boolean;
}

/** A place in a sorted list: next to the row with this id and sort value. */
export interface Cursor {
  direction: "after" | "before";
  id: string;
  value: string;
}

const defaultLimit = 20;
const mostItems = 1_000;

/** A request for a page: which list, in which order, narrowed by what, and which page of it. */
export interface AskedPage {
  /** The same for the same list only. */
  list: string;
  limit: number;
  cursor: Cursor | null;
}

/**
 * Reads a request for a page. `list` names the list, its order and everything that narrows it; an empty value narrows
 * nothing. Throws `AppError("invalid_usage")` for a limit that is not from 1 to 1,000, and for a cursor of another
 * list, order or filter, which would leave rows out.
 */
export function askPage(
  list: { name: string; sort: string; [narrowed: string]: unknown },
  given: { limit?: number | undefined; cursor?: string | null | undefined },
): AskedPage {
  const key = listKey(list);
  return {
    list: key,
    limit: pageLimit(given.limit),
    cursor: given.cursor ? decodeCursor(given.cursor, key) : null,
  };
}

function listKey(list: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(list)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 12);
}

function isEmpty(value: unknown): boolean {
  const isNothing = value === undefined || value === null || value === "" || value === false;
  return isNothing || (Array.isArray(value) && value.length === 0);
}

/**
 * Makes a page of the rows that were read: `rows` are up to `limit + 1` rows from the cursor on, in the direction of
 * the cursor (nearest first); `placeOf` gives a row's place, and `read` reads those that are not damaged.
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  { list, limit, cursor }: AskedPage,
  { count, isLeast }: Total,
  placeOf: (row: Row) => { id: string; value: string },
  read: (rows: Row[]) => { items: T[]; damaged: number },
): Page<T> {
  const backwards = cursor?.direction === "before";
  const kept = rows.slice(0, limit);
  if (backwards) kept.reverse();
  const first = kept[0];
  const last = kept.at(-1);
  const goesOn = rows.length > limit;
  // A request with a cursor comes from a row on the other side of it, so there is a page in that direction.
  const hasNext = backwards ? true : goesOn;
  const hasPrevious = backwards ? goesOn : cursor !== null;
  const { items, damaged } = read(kept);
  return {
    items,
    next_cursor: hasNext && last ? encodeCursor({ direction: "after", ...placeOf(last) }, list) : null,
    prev_cursor: hasPrevious && first ? encodeCursor({ direction: "before", ...placeOf(first) }, list) : null,
    has_more: hasNext && last !== undefined,
    total_count: count,
    ...(isLeast ? { total_is_least: true } : {}),
    ...(damaged === 0 ? {} : { damaged }),
  };
}

/**
 * base64url of `{id}:{sort value}`, preceded by `<` when it points backwards and followed by the list it belongs to.
 */
function encodeCursor({ direction, id, value }: Cursor, list: string): string {
  const text = `${direction === "before" ? "<" : ""}${id}:${value}\n${list}`;
  return Buffer.from(text).toString("base64url");
}

function decodeCursor(text: string, list: string): Cursor {
  const plain = Buffer.from(text, "base64url").toString();
  const match = /^(<?)([\w-]+):([^]*)\n([0-9a-f]{12})$/.exec(plain);
  const [, before, id, value, of] = match ?? [];
  const isOurs = /^[\w-]+$/.test(text) && Buffer.from(plain).toString("base64url") === text;
  if (!isOurs || id === undefined || value === undefined) {
    throw wrongCursor("the cursor is not one that a list has given out", "not a cursor");
  }
  if (of !== list) {
    throw wrongCursor("the cursor is of another list, order or filter", "of another list, order or filter");
  }
  return { direction: before ? "before" : "after", id, value };
}

function wrongCursor(said: string, message: string): AppError {
  return new AppError("invalid_usage", `${said}. omit it to begin at the start`, [
    { path: "cursor", message },
  ]);
}

/** The number of items a page may have. Throws `AppError("invalid_usage")` for a number that is not from 1 to 1,000. */
function pageLimit(given: number | undefined): number {
  const limit = given ?? defaultLimit;
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostItems) return limit;
  throw new AppError("invalid_usage", `a page has from 1 to ${mostItems} items, not ${limit}`, [
    { path: "limit", message: `not a whole number from 1 to ${mostItems}` },
  ]);
}
