import type { Html } from "../jsx/jsx-runtime.ts";

interface PagerProps {
  next: string | null;
  previous: string | null;
  /** The list's address without a cursor. */
  path: string;
}

export function Pager({ next, previous, path }: PagerProps): Html {
  if (next === null && previous === null) return <></>;
  const at = (cursor: string): string =>
    `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {previous === null ? null : (
        <a class="btn sm" rel="prev" href={at(previous)}>
          Previous
        </a>
      )}
      {next === null ? null : (
        <a class="btn sm" rel="next" href={at(next)}>
          Next
        </a>
      )}
    </nav>
  );
}
