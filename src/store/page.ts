import { AppError } from "../errors.ts";

/** One page of a list. A cursor is null where there is nothing more in its direction. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  prev_cursor: string | null;
  has_more: boolean;
  total_count: number;
}

/** A place in a sorted list: beside the row with this id and sort value. */
export interface Cursor {
  direction: "after" | "before";
  id: string;
  value: string;
}

const defaultLimit = 20;
const mostItems = 1_000;

/**
 * Makes a page of what was read: `rows` are up to `limit + 1` rows from the cursor on, in the direction of the cursor
 * (nearest first), `placeOf` gives a row's own place.
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  cursor: Cursor | null,
  total: number,
  placeOf: (row: Row) => { id: string; value: string },
  itemsOf: (rows: Row[]) => T[],
): Page<T> {
  const backwards = cursor?.direction === "before";
  const kept = rows.slice(0, limit);
  if (backwards) kept.reverse();
  const first = kept[0];
  const last = kept.at(-1);
  const goesOn = rows.length > limit;
  // Whoever came from a cursor came from a row on the other side of it.
  const hasNext = backwards ? true : goesOn;
  const hasPrevious = backwards ? goesOn : cursor !== null;
  return {
    items: itemsOf(kept),
    next_cursor: hasNext && last ? encodeCursor({ direction: "after", ...placeOf(last) }) : null,
    prev_cursor: hasPrevious && first ? encodeCursor({ direction: "before", ...placeOf(first) }) : null,
    has_more: hasNext && last !== undefined,
    total_count: total,
  };
}

/** base64url of `{id}:{sort value}`, with `<` before it when it points backwards. */
export function encodeCursor({ direction, id, value }: Cursor): string {
  return Buffer.from(`${direction === "before" ? "<" : ""}${id}:${value}`).toString("base64url");
}

/** Throws `AppError("invalid_usage")` for what no list has given out. */
export function decodeCursor(text: string): Cursor {
  const plain = Buffer.from(text, "base64url").toString();
  const match = /^(<?)([\w-]+):([^]*)$/.exec(plain);
  const [, before, id, value] = match ?? [];
  const isOurs = /^[\w-]+$/.test(text) && Buffer.from(plain).toString("base64url") === text;
  if (!isOurs || id === undefined || value === undefined) {
    throw new AppError(
      "invalid_usage",
      "the cursor is not one that a list has given out. leave it away to begin at the start",
      [{ path: "cursor", message: "not a cursor" }],
    );
  }
  return { direction: before ? "before" : "after", id, value };
}

/** The number of items a page may have. Throws `AppError("invalid_usage")` for what is not from 1 to 1,000. */
export function pageLimit(given: number | undefined): number {
  const limit = given ?? defaultLimit;
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostItems) return limit;
  throw new AppError("invalid_usage", `a page has from 1 to ${mostItems} items, not ${limit}`, [
    { path: "limit", message: `not a whole number from 1 to ${mostItems}` },
  ]);
}
