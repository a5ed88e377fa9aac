import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { BuilderView } from "./builder-view.ts";

/** What was done, with the way back. */
export function UndoToast({ view, text }: { view: BuilderView; text: string }): Html {
  return (
    <div class="toast completed">
      <Icon name="circle-check" />
      <span>{text}</span>
      <form method="post" action={`${view.path}/undo`}>
        <button class="btn sm" data-dismiss-after>
          <Icon name="undo-2" size="s" />
          Undo
        </button>
      </form>
      <button type="button" class="btn ghost icon sm" aria-label="Dismiss" data-dismiss>
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}
