import type { IconName } from "./components/icon-names.ts";
import { Icon } from "./components/icon.tsx";
import type { Html } from "./jsx/jsx-runtime.ts";
import type { Frame } from "./layout/frame.ts";
import { page } from "./layout/page.tsx";

/** Something the palette leads to. */
export interface Hit {
  name: string;
  note: string;
  path: string;
  icon: IconName;
}

export interface HitGroup {
  name: string;
  hits: readonly Hit[];
}

/** What the palette shows; as a page for whoever has no scripts, and "More" on a phone. */
export function findPage(frame: Frame, search: string, groups: readonly HitGroup[]): string {
  return page({
    frame,
    facts: { title: "Search or run", section: "settings" },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="bar" data-keeps-place>
          <form class="field" role="search" action="/find">
            <Icon name="search" size="s" />
            <label class="vh" for="find-search">
              Search workflows, executions and pages
            </label>
            <input
              class="input search"
              id="find-search"
              data-search
              type="search"
              name="q"
              value={search}
              placeholder="Search or run…"
            />
          </form>
        </div>
        <div class="find-more">
          <Found groups={groups} />
        </div>
      </main>
    ),
  });
}

function Found({ groups }: { groups: readonly HitGroup[] }): Html {
  let count = 0;
  return (
    <div id="found" class="found">
      {groups.length === 0 ? <p>Nothing is like that.</p> : null}
      {groups.map(({ name, hits }) => (
        <section aria-label={name}>
          <h2>{name}</h2>
          {hits.map(({ name: title, note, path, icon }) => (
            <a href={path} id={`hit-${count++}`}>
              <Icon name={icon} size="s" />
              <span>{title}</span>
              <small>{note}</small>
            </a>
          ))}
        </section>
      ))}
    </div>
  );
}
