import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  children?: Child;
}

export function EmptyState({ icon, title, children }: EmptyStateProps): Html {
  return (
    <div class="empty">
      <span class="tile h-slate">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
