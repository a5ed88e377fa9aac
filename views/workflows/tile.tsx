import { Icon } from "../components/icon.tsx";
import { iconNames, type IconName } from "../components/icon-names.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { hueOf } from "./hue.ts";

interface TileProps {
  slug: string;
  ui: { color?: string; icon?: string } | null;
}

/** What a workflow is known by: its icon on its hue. Both are what the definition asks for, or else of its name. */
export function Tile({ slug, ui }: TileProps): Html {
  return (
    <span class={`tile h-${hueOf(ui?.color, slug)}`} aria-hidden="true">
      <Icon name={iconOf(ui?.icon)} />
    </span>
  );
}

const known: ReadonlySet<string> = new Set(iconNames);

function iconOf(asked: string | undefined): IconName {
  return asked !== undefined && isKnown(asked) ? asked : "workflow";
}

function isKnown(name: string): name is IconName {
  return known.has(name);
}
