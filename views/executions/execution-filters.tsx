import { Icon } from "../components/icon.tsx";
import { Menu } from "../components/menu.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { executionsPath } from "../paths.ts";
import { listPath, type ExecutionList, type ExecutionQuery } from "./execution-query.ts";

const statuses: readonly [string, string][] = [
  ["", "Any status"],
  ["live", "Live"],
  ["running", "Running"],
  ["paused", "Paused"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
];
const triggers: readonly [string, string][] = [
  ["", "Any trigger"],
  ["manual", "Manual"],
  ["api", "API"],
  ["scheduled", "Scheduled"],
];

/** The address holds all filters. */
export function ExecutionFilters({ list }: { list: ExecutionList }): Html {
  const { query, workflow } = list;
  return (
    <div class="bar" data-keeps-place>
      {workflow ? null : <Search query={query} />}
      <Choice id="statuses" list={list} name="status" choices={statuses} />
      <Choice id="triggers" list={list} name="trigger" choices={triggers} />
    </div>
  );
}

function Search({ query }: { query: ExecutionQuery }): Html {
  return (
    <form class="field" role="search" action={executionsPath}>
      <Icon name="search" size="s" />
      <label class="vh" for="execution-search">
        Search by workflow
      </label>
      <input
        class="input search"
        id="execution-search"
        data-search
        type="search"
        name="search"
        value={query.search}
        placeholder="Search by workflow"
      />
      {query.status === "" ? null : <input type="hidden" name="status" value={query.status} />}
      {query.trigger === "" ? null : <input type="hidden" name="trigger" value={query.trigger} />}
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

interface ChoiceProps {
  id: string;
  list: ExecutionList;
  name: "status" | "trigger";
  choices: readonly [string, string][];
}

function Choice({ id, list: { query, workflow }, name, choices }: ChoiceProps): Html {
  const chosen = query[name];
  const text = choices.find(([value]) => value === chosen)?.[1] ?? chosen;
  return (
    <Menu id={id} icon={name === "status" ? "activity" : "play"} label={`${name}: ${text}`} text={text}>
      {choices.map(([value, word]) => (
        <li>
          <a
            href={listPath(workflow, { ...query, [name]: value })}
            aria-current={value === chosen ? "true" : null}
          >
            {word}
          </a>
        </li>
      ))}
    </Menu>
  );
}
