import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

interface MenuProps {
  id: string;
  /** The button's label for people who cannot see it. */
  label: string;
  icon?: IconName;
  /** Shown on the button beside the icon. */
  text?: string;
  children?: Child;
}

/** A list of links and forms in the browser's own popover: it opens without a script and closes by Escape. */
export function Menu({ id, label, icon = "ellipsis", text, children }: MenuProps): Html {
  return (
    <div class="menu">
      <button
        type="button"
        class={text === undefined ? "btn ghost icon sm" : "btn"}
        popovertarget={id}
        aria-label={label}
      >
        <Icon name={icon} {...(text === undefined ? {} : { size: "s" as const })} />
        {text === undefined ? null : <span>{text}</span>}
        {text === undefined ? null : <Icon name="chevron-down" size="xs" />}
      </button>
      <ul id={id} popover="auto" class="pop" aria-label={label}>
        {children}
      </ul>
    </div>
  );
}
