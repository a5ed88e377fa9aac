import type { Html } from "../jsx/jsx-runtime.ts";
import { Icon } from "./icon.tsx";
import { plural } from "./usage-text.ts";

/** Says that some entries of a list cannot be read, and which command names them. */
export function DamagedNote({ count, what }: { count: number; what: string }): Html {
  if (count === 0) return <></>;
  return (
    <p class="count damaged">
      <Icon name="triangle-alert" size="s" />
      {` ${plural(count, what)} of this page cannot be read: damaged in the database. `}
      <code>skillmeat doctor</code> names {count === 1 ? "it" : "them"}.
    </p>
  );
}
