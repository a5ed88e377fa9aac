import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import { Menu } from "../components/menu.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { libraryPath } from "../paths.ts";
import { pathOf, type Library, type LibraryQuery } from "./library-query.ts";

const sorts: readonly [string, string][] = [
  ["-updated_at", "Last updated"],
  ["name", "Name"],
  ["-last_run", "Last run"],
  ["-created_at", "Newest"],
];
const statuses: readonly [string, string][] = [
  ["", "Any state"],
  ["draft", "Draft"],
  ["published", "Published"],
  ["archived", "Archived"],
];

interface ToolbarProps {
  query: LibraryQuery;
  tags: Library["tags"];
}

/** Everything here is in the address, so that a view can be kept and shared. */
export function LibraryToolbar({ query, tags }: ToolbarProps): Html {
  return (
    <div class="bar" data-keeps-place>
      <SearchForm query={query} />
      <TagMenu query={query} tags={tags} />
      <Choice
        id="states"
        icon="activity"
        label="State"
        choices={statuses}
        chosen={query.status}
        query={query}
        name="status"
      />
      <div class="end">
        <Choice
          id="sorts"
          icon="arrow-up-down"
          label="Sort by"
          choices={sorts}
          chosen={query.sort}
          query={query}
          name="sort"
        />
        <ViewSwitch query={query} />
      </div>
      <ChosenTags query={query} />
    </div>
  );
}

function SearchForm({ query }: { query: LibraryQuery }): Html {
  return (
    <form class="field" role="search" action={libraryPath}>
      <Icon name="search" size="s" />
      <label class="vh" for="library-search">
        Search workflows
      </label>
      <input
        class="input search"
        id="library-search"
        data-search
        type="search"
        name="search"
        value={query.search}
        placeholder="Search workflows"
        hx-get={pathOf(query, { search: "" })}
        hx-trigger="input changed delay:200ms"
        hx-sync="replace"
        hx-target="#list"
        hx-select="#list"
        hx-swap="outerMorph"
        hx-push-url="true"
        hx-include="closest form"
      />
      {query.tags.map((tag) => (
        <input type="hidden" name="tag" value={tag} />
      ))}
      {[["status", query.status] as const, ["sort", query.sort] as const, ["view", query.view] as const].map(
        ([name, value]) => (value === "" ? null : <input type="hidden" name={name} value={value} />),
      )}
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

function TagMenu({ query, tags }: ToolbarProps): Html {
  if (tags.length === 0) return <></>;
  return (
    <Menu id="tags" icon="tag" label="Tags" text="Tags">
      {tags.map(({ tag, count }) => {
        const isOn = query.tags.includes(tag);
        const chosen = isOn ? query.tags.filter((each) => each !== tag) : [...query.tags, tag];
        return (
          <li>
            <a href={pathOf(query, { tags: chosen })} aria-current={isOn ? "true" : null}>
              {tag}
              <span class="n">{count}</span>
            </a>
          </li>
        );
      })}
    </Menu>
  );
}

function ChosenTags({ query }: { query: LibraryQuery }): Html {
  if (query.tags.length === 0) return <></>;
  return (
    <div class="chosen">
      {query.tags.map((tag) => (
        <a
          class="chip on"
          href={pathOf(query, { tags: query.tags.filter((each) => each !== tag) })}
          aria-label={`Remove tag ${tag}`}
        >
          {tag}
          <Icon name="x" size="xs" />
        </a>
      ))}
    </div>
  );
}

interface ChoiceProps {
  id: string;
  icon: IconName;
  label: string;
  choices: readonly [string, string][];
  chosen: string;
  query: LibraryQuery;
  name: "status" | "sort";
}

function Choice({ id, icon, label, choices, chosen, query, name }: ChoiceProps): Html {
  const text = choices.find(([value]) => value === chosen)?.[1] ?? chosen;
  return (
    <Menu id={id} icon={icon} label={`${label}: ${text}`} text={text}>
      {choices.map(([value, word]) => (
        <li>
          <a href={pathOf(query, { [name]: value })} aria-current={value === chosen ? "true" : null}>
            {word}
          </a>
        </li>
      ))}
    </Menu>
  );
}

function ViewSwitch({ query }: { query: LibraryQuery }): Html {
  return (
    <span class="seg" role="group" aria-label="View">
      <a
        href={pathOf(query, { view: "cards" })}
        aria-current={query.view === "cards" ? "true" : null}
        aria-label="Cards"
      >
        <Icon name="layout-grid" size="s" />
      </a>
      <a
        href={pathOf(query, { view: "list" })}
        aria-current={query.view === "list" ? "true" : null}
        aria-label="List"
      >
        <Icon name="list" size="s" />
      </a>
    </span>
  );
}
