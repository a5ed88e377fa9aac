import type { Value } from "../../expression/value.ts";
import { expressionSites, type ExpressionSite } from "../expression-sites.ts";
import { sourceOffset } from "../scalar-offset.ts";
import type { Path, SourceNode } from "../source-node.ts";
import { withValue, type Trouble } from "./edited-value.ts";
import { putValue } from "./put-value.ts";
import { Refusal } from "./refusal.ts";
import type { Splice } from "./splice.ts";
import { placeAt, refuseShared, type TextLayout } from "./text-layout.ts";

/** A text with expressions, as it will be. */
export interface RenamedText {
  path: Path;
  text: string;
  /** Null: the whole text has to be written anew, there is more to it than names. */
  splices: Splice[] | null;
}

/** One of the names in a text: from its first to behind its last character, with its quotes where it has some. */
interface Mention {
  start: number;
  end: number;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const simple = /^[A-Za-z0-9_-]*$/;

/**
 * Every text that names `way`, such as `["stages", "scan"]`, with its last name changed. Throws a `Refusal` where an
 * expression that cannot be read may name it.
 */
export function renamedTexts(
  text: string,
  root: SourceNode,
  way: readonly string[],
  to: string,
): RenamedText[] {
  return expressionSites(root).flatMap((site) => {
    const [error] = site.errors;
    if (error) refuseUnreadable(text, site, error.offset, way);
    const mentions = site.expressions.flatMap(({ offset, references }) =>
      references.flatMap(({ path }): Mention[] => {
        const last = path[way.length - 1];
        if (!last || !way.every((name, at) => path[at]?.name === name)) return [];
        return [{ start: offset + last.start, end: offset + last.end }];
      }),
    );
    return mentions.length > 0 ? [renameIn(text, site, mentions, to)] : [];
  });
}

export function withTexts(root: Value, texts: readonly RenamedText[], trouble: Trouble): Value {
  return texts.reduce((value, { path, text }) => withValue(value, path, text, trouble), root);
}

/** Only the names in the text; or, `isWhole`, every text that has one written anew. */
export function spliceTexts(layout: TextLayout, texts: readonly RenamedText[], isWhole: boolean): Splice[] {
  return texts.flatMap(({ path, text, splices }) => {
    if (splices && !isWhole) return splices;
    const place = placeAt(layout, path);
    if (place.entry) refuseShared(place.entry, path);
    return putValue(layout, place, text);
  });
}

/** What aliases share is found once for each of them. */
export function onceEach(splices: readonly Splice[]): Splice[] {
  return [...new Map(splices.map((splice) => [splice.start, splice])).values()];
}

function renameIn(
  text: string,
  { path, node }: ExpressionSite,
  mentions: readonly Mention[],
  to: string,
): RenamedText {
  const value = String(node.value);
  const splices: Splice[] = [];
  let isWhole = !simple.test(to);
  let put = "";
  let at = 0;
  for (const { start, end } of mentions.toSorted((a, b) => a.start - b.start)) {
    const quote = value[start] ?? "";
    if (quote === "'" || quote === '"') {
      put += value.slice(at, start) + quote + escapeName(to, quote) + quote;
      splices.push(rawSplice(text, node, { start: start + 1, end: end - 1 }, to));
    } else if (identifier.test(to)) {
      put += value.slice(at, start) + to;
      splices.push(rawSplice(text, node, { start, end }, to));
    } else {
      put += `${value.slice(at, value.lastIndexOf(".", start))}['${escapeName(to, "'")}']`;
      isWhole = true;
    }
    at = end;
  }
  return { path, text: put + value.slice(at), splices: isWhole ? null : splices };
}

function rawSplice(text: string, node: ExpressionSite["node"], { start, end }: Mention, to: string): Splice {
  const from = sourceOffset(text, node, start);
  if (end <= start) return { start: from, end: from, text: to };
  const last = sourceOffset(text, node, end - 1);
  const isEscape = node.style === "double" && text[last] === "\\";
  return { start: from, end: isEscape ? sourceOffset(text, node, end) : last + 1, text: to };
}

/** A name between quotes of the expression language. */
function escapeName(name: string, quote: string): string {
  return JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`);
}

function refuseUnreadable(text: string, site: ExpressionSite, offset: number, way: readonly string[]): void {
  const value = String(site.node.value);
  const name = way.at(-1) ?? "";
  if (!value.includes(name)) return;
  throw new Refusal(
    `this expression may name "${name}", but it cannot be read. fix it first`,
    sourceOffset(text, site.node, offset),
  );
}
