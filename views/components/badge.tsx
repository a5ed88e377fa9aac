import type { Html } from "../jsx/jsx-runtime.ts";
import { Icon } from "./icon.tsx";
import { markIcons, type State } from "./state.ts";

/** A state on its tint, for headings. */
export function Badge({ state: { mark, word } }: { state: State }): Html {
  return (
    <span class={`badge ${mark}`}>
      <StateIcon mark={mark} />
      <span class="vh">Status: </span>
      {word}
    </span>
  );
}

/** A state as coloured words, for lists. */
export function StateWord({ state: { mark, word } }: { state: State }): Html {
  return (
    <span class={`state ${mark}`}>
      <StateIcon mark={mark} />
      <span title={word}>{word}</span>
    </span>
  );
}

export function StateIcon({ mark, size }: { mark: State["mark"]; size?: "s" | "xs" }): Html {
  return <Icon name={markIcons[mark]} spins={mark === "running"} {...(size ? { size } : {})} />;
}
