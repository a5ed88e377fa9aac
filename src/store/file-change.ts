import type { FileWatch } from "./file-watch.ts";
import { DatabaseChanged } from "./store-failure.ts";

/** Describes what was done to the files of an open database, with the way out; null when nothing was. */
export function changeOf(watch: FileWatch, path: string, pageCount: () => number): DatabaseChanged | null {
  const trouble = watch.look(pageCount);
  switch (trouble) {
    case null:
      return null;
    case "gone":
      return describeChange(
        `the database "${path}" was removed`,
        "put it back, or leave it to start with an empty one",
      );
    case "truncated":
      return describeChange(`the database "${path}" was cut off`, "put a backup in its place");
    case "replaced": {
      // The log belongs to the file that was there before; the next start would apply it to the new one.
      const aside = watch.setAsideLog();
      const kept = aside === null ? "" : ` (the end of the one before lies in "${aside}")`;
      return describeChange(
        `the database "${path}" was replaced`,
        `make sure that the right file is there${kept}`,
      );
    }
    default:
      return trouble satisfies never;
  }
}

function describeChange(what: string, wayOut: string): DatabaseChanged {
  return new DatabaseChanged(
    `${what} while it was in use: nothing is stored or started any more, running agents are left alone. ` +
      `${wayOut}, then restart skillmeat`,
  );
}
