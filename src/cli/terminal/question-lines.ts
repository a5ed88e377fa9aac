import { cut } from "./table.ts";

/** What is asked below the live table. */
export interface Question {
  /** What it is about; gives way when there is no room. */
  text: readonly string[];
  /** A command to paste: shown whole or not at all. */
  command: string | null;
  /** Which keys count, from the longest form to the shortest; null: none does, it is only told. */
  keys: readonly string[] | null;
}

/**
 * A question in lines of a terminal that has `columns`, at most `most` lines high. Its last line says which keys count,
 * and is there whatever else has no room.
 */
export function questionLines(
  { text, command, keys }: Question,
  { columns, most }: { columns: number; most: number },
): string[] {
  const choices = keys === null ? [] : [findFitting(keys, columns)];
  const room = Math.max(0, most - choices.length);
  const wrapped = text.flatMap((paragraph) => paragraph.split("\n")).flatMap((line) => wrap(line, columns));
  const height = command === null ? 0 : Math.ceil(Bun.stringWidth(command) / columns);
  const hasCommand = command !== null && room > height;
  const shown = wrapped.slice(0, hasCommand ? room - height : room);
  if (shown.length < wrapped.length && shown.length > 0) {
    const last = shown.pop() ?? "";
    shown.push(`${cut(last, columns - 2).replace(/…$/, "")} …`);
  }
  return [...shown, ...(hasCommand ? [command] : []), ...choices];
}

function findFitting(forms: readonly string[], columns: number): string {
  return forms.find((form) => Bun.stringWidth(form) < columns) ?? cut(forms.at(-1) ?? "", columns);
}

/** Breaks at blanks; a word that is too long is broken. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    let rest = word;
    if (line !== "" && Bun.stringWidth(`${line} ${rest}`) > columns) {
      lines.push(line);
      line = "";
    }
    while (Bun.stringWidth(rest) > columns) {
      const head = Bun.sliceAnsi(rest, 0, columns);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}
