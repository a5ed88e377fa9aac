import { visibleMarkup } from "../components/visible.ts";
import { raw, type Html } from "../jsx/jsx-runtime.ts";
import { ansiSpans } from "./ansi.ts";

/** A text of several lines as a terminal would show it, its colours as classes. */
export function TerminalText({ text }: { text: string }): Html {
  const lines = text.replace(/\n$/, "").split("\n").map(lineMarkup);
  // The area may scroll, so keys must reach it.
  return (
    <pre class="source wraps terminal" tabindex="0">
      {raw(lines.join("\n"))}
    </pre>
  );
}

function lineMarkup(line: string): string {
  return ansiSpans(line)
    .map(({ text, classes }) => {
      const shown = visibleMarkup(Bun.escapeHTML(text));
      return classes === "" ? shown : `<span class="${classes}">${shown}</span>`;
    })
    .join("");
}
