import type { Html } from "../jsx/jsx-runtime.ts";
import { agoText, momentText, msBetween, spanText } from "./time-text.ts";

/** How long something took; what still goes on is counted on in the page. */
export function Elapsed({ start, end, now }: { start: string; end: string | null; now: number }): Html {
  const text = spanText(msBetween(start, end, now));
  return end === null ? (
    <time class="num" data-since={start}>
      {text}
    </time>
  ) : (
    <span class="num">{text}</span>
  );
}

export function Ago({ at, now }: { at: string; now: number }): Html {
  return (
    <time datetime={at} title={at}>
      {agoText(at, now)}
    </time>
  );
}

export function Moment({ at, now }: { at: string; now: number }): Html {
  return (
    <time class="num" datetime={at} title={at}>
      {momentText(at, now)}
    </time>
  );
}
