import type { Child, Html } from "../jsx/jsx-runtime.ts";

/** Characters that turn the direction of the text around them, or that are not to be seen at all. */
const hidden = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * A text whose direction marks and invisible characters are shown by their numbers: obeyed, they let a line read as
 * something else than what it says. The character itself stays in the text, for whoever copies it; its element keeps
 * it from having an effect on what is around.
 */
export function visible(text: string): Child {
  if (text.search(hidden) < 0) return text;
  const parts: Child[] = [];
  let from = 0;
  for (const { index, 0: mark } of text.matchAll(hidden)) {
    parts.push(text.slice(from, index), <Mark mark={mark} />);
    from = index + mark.length;
  }
  return [...parts, text.slice(from)];
}

function Mark({ mark }: { mark: string }): Html {
  const number = mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return (
    <i class="unseen" data-mark={`U+${number}`}>
      {mark}
    </i>
  );
}
