import { shownText } from "../../src/execution/shown-text.ts";
import type { LogLine } from "../../src/execution/event.ts";
import { levelOf, type LineLevel } from "../../src/execution/log-level.ts";
import { clockText } from "../components/time-text.ts";
import { visibleMarkup } from "../components/visible.ts";
import { raw, type Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { ansiSpans } from "./ansi.ts";

/** Lines of a log, numbered on from `first`; `numbers` where they do not follow each other. */
export interface LogPart {
  lines: readonly LogLine[];
  first: number;
  numbers?: readonly number[];
}

/** One block of lines; the browser leaves out of its work the blocks nobody sees. Text is built by hand: it is much. */
export const LogChunk = fragment<{ part: LogPart; search: string }>(
  "log-lines",
  "beforeend",
  ({ part, search }) => {
    const lines = part.lines.map((line, at) => lineText(line, part.numbers?.[at] ?? part.first + at, search));
    return raw(`<div class="chunk">${lines.join("")}</div>`);
  },
);

/** The same in several blocks, which are cheap to skip each. */
export function LogChunks({ part, search }: { part: LogPart; search: string }): Html {
  const chunks: Html[] = [];
  for (let at = 0; at < part.lines.length; at += chunkLines) {
    const lines = part.lines.slice(at, at + chunkLines);
    const numbers = part.numbers ? { numbers: part.numbers.slice(at, at + chunkLines) } : {};
    chunks.push(<LogChunk part={{ lines, first: part.first + at, ...numbers }} search={search} />);
  }
  return <>{chunks}</>;
}

const chunkLines = 200;

function lineText(line: LogLine, number: number, search: string): string {
  const level = levelOf(line);
  const text = ansiSpans(shownText(line))
    .map(({ text: part, classes }) => {
      const marked = visibleMarkup(search === "" ? Bun.escapeHTML(part) : highlight(part, search));
      return classes === "" ? marked : `<span class="${classes}">${marked}</span>`;
    })
    .join("");
  return (
    // Lines are not reached with the Tab key: thousands of them would stand between the log and what follows.
    `<div class="ln ${level}" id="L${number}">` +
    `<a href="#L${number}" tabindex="-1" aria-label="Line ${number}">${number}</a>` +
    `<time>${clockText(line.at)}</time><b>${wordFor(line, level)}</b><span>${text}</span></div>`
  );
}

/** The level, or for an agent's ordinary line the name of its stream: its program has printed something else. */
function wordFor({ stream }: LogLine, level: LineLevel): string {
  return level === "out" && stream === "agent" ? stream : level;
}

function highlight(text: string, search: string): string {
  const wanted = search.toLowerCase();
  const lower = text.toLowerCase();
  // Lower case may be longer than what it was made of: then places do not match, and nothing is marked.
  if (lower.length !== text.length) return Bun.escapeHTML(text);
  let marked = "";
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    const end = at + wanted.length;
    marked += `${Bun.escapeHTML(text.slice(from, at))}<mark>${Bun.escapeHTML(text.slice(at, end))}</mark>`;
    from = end;
  }
  return marked + Bun.escapeHTML(text.slice(from));
}
