import type { Html } from "../jsx/jsx-runtime.ts";
import type { IconName } from "./icon-names.ts";

interface IconProps {
  name: IconName;
  /** `s` 14 px, `xs` 12 px; 16 px without. */
  size?: "s" | "xs";
  spins?: boolean;
}

/** A page shows hundreds of icons of few kinds, so each kind is made once. */
const made = new Map<string, Html>();

/** Decoration: the words beside it, or the label of its button, say the same. The page brings the drawing once. */
export function Icon({ name, size, spins = false }: IconProps): Html {
  const kind = `${name} ${size} ${spins}`;
  const known = made.get(kind);
  if (known) return known;
  const classes = ["i", size, spins ? "spin" : null].filter(Boolean).join(" ");
  const icon = (
    <svg class={classes} aria-hidden="true">
      <use href={iconHref(name)} />
    </svg>
  );
  made.set(kind, icon);
  return icon;
}

export function iconHref(name: IconName): string {
  return `#i-${name}`;
}
