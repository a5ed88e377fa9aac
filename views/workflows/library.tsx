import { DamagedNote } from "../components/damaged-note.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Icon } from "../components/icon.tsx";
import { Pager } from "../components/pager.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath } from "../paths.ts";
import { Card } from "./card.tsx";
import { pathOf, type Library, type LibraryQuery } from "./library-query.ts";
import { LibraryTable } from "./library-table.tsx";
import { LibraryToolbar } from "./library-toolbar.tsx";

export function libraryPage(frame: Frame, library: Library): string {
  const facts = { title: "Workflows", section: "workflows" } as const;
  const { query } = library;
  return page({
    frame,
    facts,
    actions: <NewButtons />,
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <LibraryToolbar query={query} tags={library.tags} />
        <section
          id="list"
          aria-label="Workflows"
          hx-get={frame.url}
          hx-trigger="changed from:body"
          hx-select="#list"
          hx-swap="outerMorph"
        >
          <p class="count" role="status">
            {plural(library.total, "workflow")}
          </p>
          <DamagedNote count={library.damaged} what="workflow" />
          <LibraryList frame={frame} library={library} />
          <Pager next={library.next} previous={library.previous} path={pathOf(query)} />
        </section>
      </main>
    ),
  });
}

function NewButtons(): Html {
  return (
    <>
      <a class="btn sm" href="/workflows/import">
        <Icon name="upload" size="s" />
        <span>
          Import<span class="more-words"> YAML</span>
        </span>
      </a>
      <a class="btn primary sm" href="/workflows/new">
        <Icon name="plus" size="s" />
        <span>
          New<span class="more-words"> workflow</span>
        </span>
      </a>
    </>
  );
}

function LibraryList({ frame, library }: { frame: Frame; library: Library }): Html {
  const { workflows, query } = library;
  if (workflows.length === 0) return <NoWorkflows query={query} />;
  if (query.view === "list") return <LibraryTable workflows={workflows} now={frame.now} query={query} />;
  return (
    <div class="cards">
      {workflows.map((workflow) => (
        <Card workflow={workflow} now={frame.now} />
      ))}
    </div>
  );
}

/** Either there are no workflows at all, or none matches; each suggests a different next step. */
function NoWorkflows({ query }: { query: LibraryQuery }): Html {
  const isNarrowed = query.search !== "" || query.tags.length > 0 || query.status !== "";
  if (isNarrowed) {
    return (
      <EmptyState icon="search" title="No workflow matches">
        <p>
          {query.search === ""
            ? "Nothing has these tags or this state."
            : `Nothing is like “${query.search}”.`}
        </p>
        <a class="btn" href={libraryPath}>
          Show all workflows
        </a>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="workflow" title="No workflows yet">
      <p>
        A workflow is a YAML file: stages, the agents that do them, gates where a person decides. Make one
        here, import one, or store one with <code>skillmeat workflow create</code>.
      </p>
      <a class="btn primary" href="/workflows/new">
        <Icon name="plus" size="s" />
        <span>
          New<span class="more-words"> workflow</span>
        </span>
      </a>
    </EmptyState>
  );
}
