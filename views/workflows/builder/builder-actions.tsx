import { Icon } from "../../components/icon.tsx";
import type { IconName } from "../../components/icon-names.ts";
import { Menu } from "../../components/menu.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { titleOf } from "./builder-title.ts";
import type { BuilderView } from "./builder-view.ts";

/** What the page's script has to know. */
export function BuilderState({ view }: { view: BuilderView }): Html {
  return (
    <div
      id="builder-state"
      hidden
      data-revision={view.revision}
      data-dirty={view.isDirty ? "yes" : "no"}
      data-title={`${titleOf(view)} · skillmeat`}
    ></div>
  );
}

/** The head's buttons: taking back, and saving. */
export function BuilderActions({ view }: { view: BuilderView }): Html {
  const { path, workflow, isDirty } = view;
  return (
    <div id="builder-actions" class="builder-actions">
      <span class={isDirty ? "saved is-dirty" : "saved"}>
        <i class="dirty" hidden={!isDirty}></i>
        <span class="desk">{isDirty ? "Not saved" : workflow ? "Saved" : "Nothing yet"}</span>
        {isDirty ? <span class="vh phone">Not saved</span> : null}
      </span>
      <Step path={path} action="undo" icon="undo-2" word="Undo" label={view.undo} />
      <Step path={path} action="redo" icon="redo-2" word="Redo" label={view.redo} />
      <form method="post" action={`${path}/save`} id="save-form" class="builder-save">
        <Menu id="builder-more" label="More: publish, archive, discard">
          <SaveAs value="save" icon="check" word={workflow ? "Save" : "Save draft"} isForPhone />
          <SaveAs value="publish" icon="upload" word="Save & publish" />
          {workflow ? <SaveAs value="archive" icon="archive" word="Save & archive" /> : null}
          <li>
            <a href={`${path}/discard`} class="danger" data-inside>
              <Icon name="trash-2" size="s" />
              {workflow ? "Discard the changes…" : "Discard the draft…"}
            </a>
          </li>
        </Menu>
        <button class="btn sm desk" name="then" value="save">
          {workflow ? "Save" : "Save draft"}
        </button>
        <button class="btn primary sm" name="then" value="close">
          Save &amp; close
        </button>
      </form>
    </div>
  );
}

interface StepProps {
  path: string;
  action: "undo" | "redo";
  icon: IconName;
  word: string;
  label: string | null;
}

function Step({ path, action, icon, word, label }: StepProps): Html {
  const text = label === null ? word : `${word}: ${label}`;
  return (
    <form method="post" action={`${path}/${action}`} class={action === "redo" ? "desk" : null}>
      <button
        class="btn ghost icon sm"
        id={`${action}-button`}
        disabled={label === null}
        aria-label={text}
        title={text}
        data-step={action}
      >
        <Icon name={icon} size="s" />
      </button>
    </form>
  );
}

interface SaveAsProps {
  value: string;
  icon: IconName;
  word: string;
  /** The head has a button of its own for it where there is room. */
  isForPhone?: boolean;
}

function SaveAs({ value, icon, word, isForPhone = false }: SaveAsProps): Html {
  return (
    <li class={isForPhone ? "phone" : null}>
      <button form="save-form" name="then" value={value}>
        <Icon name={icon} size="s" />
        {word}
      </button>
    </li>
  );
}
