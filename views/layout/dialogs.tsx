import { Icon } from "../components/icon.tsx";
import type { Child, Html } from "../jsx/jsx-runtime.ts";

interface DialogProps {
  id: string;
  title: string;
  /** What it is opened over; a wide one for forms. */
  isWide?: boolean;
  children?: Child;
}

/** Opened by a button with `command="show-modal"`: the browser's own, so that it needs no script. */
export function Dialog({ id, title, isWide = false, children }: DialogProps): Html {
  return (
    <dialog id={id} class={isWide ? "dialog wide" : "dialog"} aria-labelledby={`${id}-title`} closedby="any">
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <button
          type="button"
          class="btn ghost icon sm"
          command="close"
          commandfor={id}
          aria-label={`Close: ${title}`}
        >
          <Icon name="x" size="s" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

export function PaletteDialog(): Html {
  return (
    <dialog id="palette" class="palette" aria-label="Search or run" closedby="any">
      <form action="/find" role="search">
        <Icon name="search" />
        <input
          name="q"
          type="text"
          aria-label="Search workflows, executions and pages"
          placeholder="Search or run…"
          autocomplete="off"
          spellcheck="false"
          hx-get="/find"
          hx-trigger="input delay:80ms, palette-open"
          hx-sync="replace"
          hx-target="#found"
          hx-select="#found"
          hx-swap="outerMorph"
        />
        <kbd>esc</kbd>
      </form>
      <div id="found" class="found"></div>
    </dialog>
  );
}

export const keyGroups: readonly { name: string; keys: readonly [string, string][] }[] = [
  {
    name: "Everywhere",
    keys: [
      ["⌘ K or Ctrl K", "Search or run"],
      ["?", "This help"],
      ["/", "Search the page"],
      ["G then W", "Workflows"],
      ["G then E", "Executions"],
      ["G then A", "Approvals"],
    ],
  },
  {
    name: "A workflow",
    keys: [
      ["X", "Run it"],
      ["E", "Edit it"],
      ["D", "Duplicate it"],
      ["⌘ S or Ctrl S", "Save (editor)"],
      ["⌘ ↵ or Ctrl ↵", "Save and close (editor)"],
    ],
  },
  {
    name: "An execution",
    keys: [
      ["J and K", "Next and previous stage"],
      ["A", "Approve the gate (asks first)"],
      ["R", "Reject the gate (asks first)"],
      ["B", "Raise a budget that is used up"],
      ["F", "Follow the log's end"],
      ["↵", "From the log to its lines"],
    ],
  },
];

function HelpDialogBody(): Html {
  return (
    <div class="keys">
      {keyGroups.map(({ name, keys }) => (
        <section>
          <h3>{name}</h3>
          <dl>
            {keys.map(([key, what]) => (
              <div>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

export function HelpDialog(): Html {
  return (
    <Dialog id="help" title="Keyboard shortcuts" isWide>
      <HelpDialogBody />
      <p class="muted">
        Keys without Ctrl or ⌘ can be switched off in the <a href="/settings#keys">settings</a>.
      </p>
    </Dialog>
  );
}

/** Empty until a link that runs a workflow fills it. */
export function RunDialog(): Html {
  return (
    <Dialog id="run-dialog" title="Run" isWide>
      <div id="run-form"></div>
    </Dialog>
  );
}
