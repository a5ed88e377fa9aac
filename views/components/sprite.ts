import { raw, type Html } from "../jsx/jsx-runtime.ts";
import drawings from "../icons.svg" with { type: "text" };

const symbols = new Map(
  [...drawings.matchAll(/<symbol id="([a-z0-9-]+)"[\s\S]*?<\/symbol>/g)].map(([symbol, name = ""]) => [
    name,
    symbol.replace(`id="${name}"`, `id="i-${name}"`),
  ]),
);

/** Icons that a swapped part of a page may show although the page did not. */
const always =
  `circle-dashed loader-circle circle-check circle-x circle-pause hand rotate-cw ban skip-forward x
  check play pause square bot chevron-down rotate-ccw circle-play workflow layers
  settings git-branch timer coins chevron-right triangle-alert upload inbox sparkles search git-fork
  file-text pencil terminal globe wrench lightbulb list`.split(/\s+/);

const reference = 'href="#i-';

export function symbolNames(): string[] {
  return [...symbols.keys()];
}

/**
 * The drawings of the icons a page shows, to stand once in it. A page that is built up by its reader may come to show
 * any of them: it brings all.
 */
export function spriteFor(markup: string, hasAll = false): Html {
  const shown = new Set(hasAll ? symbols.keys() : always);
  for (let at = markup.indexOf(reference); at >= 0; at = markup.indexOf(reference, at)) {
    at += reference.length;
    shown.add(markup.slice(at, markup.indexOf('"', at)));
  }
  const text = [...shown].map((name) => symbols.get(name) ?? "").join("");
  return raw(`<svg width="0" height="0" class="sprite" aria-hidden="true">${text}</svg>`);
}
