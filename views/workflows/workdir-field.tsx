import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";

/** Where a run is to work. */
export interface WorkdirChoice {
  /** What stands in the field; "": where it works without an answer. */
  text: string;
  /** Where that is. */
  otherwise: string;
  /** What is offered: the folders runs may work in or below. */
  roots: readonly string[];
  problem: string | null;
}

/** Most runs work where the server was started: the field is folded away until it says something else. */
export function WorkdirField({ choice }: { choice: WorkdirChoice }): Html {
  const { text, otherwise, roots, problem } = choice;
  return (
    <details open={text !== "" || problem !== null}>
      <summary class="btn ghost sm">
        <Icon name="chevron-right" size="xs" />
        Another working directory
      </summary>
      <div class="row">
        <label for="run-workdir">Working directory</label>
        <input
          class="text"
          id="run-workdir"
          name="workdir"
          value={text}
          placeholder={otherwise}
          list="known-roots"
          autocomplete="off"
          aria-invalid={problem === null ? null : "true"}
          aria-describedby={problem === null ? "run-workdir-hint" : "run-workdir-hint run-workdir-bad"}
        />
        <p class="hint" id="run-workdir-hint">
          {`${roots.length === 1 ? roots[0] : `One of ${roots.join(", ")}`} or a folder below it. Empty: ${otherwise}`}
        </p>
        {problem === null ? null : (
          <p class="bad" id="run-workdir-bad">
            {problem}
          </p>
        )}
        <datalist id="known-roots">
          {roots.map((root) => (
            <option value={root}></option>
          ))}
        </datalist>
      </div>
    </details>
  );
}
