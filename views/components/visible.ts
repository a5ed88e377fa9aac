import { raw, type Html } from "../jsx/jsx-runtime.ts";

/** Characters that turn the direction of the text around them, or that are invisible. */
const hidden = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * A text whose direction marks and invisible characters are shown by their numbers: obeyed, they let a line read as
 * something else than what it says. The character itself stays in the text, for whoever copies it; its element keeps
 * it from having an effect on what is around.
 */
export function visible(text: string): Html {
  return raw(visibleMarkup(Bun.escapeHTML(text)));
}

/** The same for a text that is escaped already. */
export function visibleMarkup(escaped: string): string {
  return escaped.replace(hidden, (mark) => {
    const number = mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `<i class="unseen" data-mark="U+${number}">${mark}</i>`;
  });
}
