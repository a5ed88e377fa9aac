import { raw, type Html } from "../jsx/jsx-runtime.ts";

export function Mark(): Html {
  return (
    <span class="mark" aria-hidden="true">
      {raw(markDrawing)}
    </span>
  );
}

const markDrawing =
  '<svg viewBox="0 0 16 16" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round">' +
  '<path d="M11.6 4.2H6.4a2 2 0 0 0 0 4h3.2a2 2 0 0 1 0 4H4.4"/>' +
  '<circle cx="12.4" cy="4.2" r="1.7" fill="#fff" stroke="none"/>' +
  '<circle cx="3.6" cy="12.2" r="1.7" fill="#fff" stroke="none"/></svg>';
