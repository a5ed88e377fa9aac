import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  /** True: the focus begins here. */
  hasFocus?: boolean;
  children?: Child;
}

export function EmptyState({ icon, title, hasFocus = false, children }: EmptyStateProps): Html {
  return (
    <div class="empty">
      <span class="tile h-slate">
        <Icon name={icon} />
      </span>
      <h2 tabindex={hasFocus ? "-1" : null} autofocus={hasFocus}>
        {title}
      </h2>
      {children}
    </div>
  );
}
