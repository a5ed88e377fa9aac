import { EmptyState } from "../components/empty-state.tsx";
import type { IconName } from "../components/icon-names.ts";
import { Icon } from "../components/icon.tsx";
import { Pager } from "../components/pager.tsx";
import { plural } from "../components/usage-text.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { tryPath, withQuery, workflowPath } from "../paths.ts";
import { AgentLines, type AgentDetails } from "./agent-facts.tsx";

export interface ArtifactEntry {
  name: string;
  description: string | null;
  /** Absolute. */
  path: string;
  /** Workflows that name it. */
  usedBy: readonly { slug: string; name: string }[];
  /** Of an agent alone: the reference by which it is tried, and what is known of it. */
  agent?: AgentDetails & { ref: string };
}

export interface ArtifactList {
  kind: "agents" | "skills" | "context";
  entries: readonly ArtifactEntry[];
  search: string;
  /** How many there are without the search. */
  total: number;
  /** How many fit the search, on all pages. */
  found: number;
  /** What follows and what precedes these entries; null: nothing. */
  next: string | null;
  previous: string | null;
  /** True: only the newest executions were counted. */
  isCut: boolean;
}

const kinds: Record<
  ArtifactList["kind"],
  { title: string; icon: IconName; word: string; prefix: string; where: string }
> = {
  agents: { title: "Agents", icon: "bot", word: "agent", prefix: "agent:", where: ".claude/agents" },
  skills: { title: "Skills", icon: "sparkles", word: "skill", prefix: "skill:", where: ".claude/skills" },
  context: { title: "Context", icon: "layers", word: "context module", prefix: "ctx:", where: "context" },
};

/** What the collection holds of one kind; a badge anywhere leads here. */
export function artifactsPage(frame: Frame, list: ArtifactList): string {
  const { title, word } = kinds[list.kind];
  return page({
    frame,
    facts: { title, section: list.kind },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="bar" data-keeps-place>
          <form class="field" role="search" action={`/${list.kind}`}>
            <Icon name="search" size="s" />
            <label class="vh" for="artifact-search">{`Search ${title.toLowerCase()}`}</label>
            <input
              class="input search"
              id="artifact-search"
              data-search
              type="search"
              name="search"
              value={list.search}
              placeholder={`Search ${title.toLowerCase()}`}
            />
            <kbd aria-hidden="true">/</kbd>
          </form>
          <span class="count" role="status">
            {plural(list.found, word)}
          </span>
        </div>
        {list.entries.length === 0 ? <Nothing list={list} /> : null}
        {list.isCut ? (
          <p class="sheet muted">Runs are counted in the newest 1,000 executions of the last 30 days.</p>
        ) : null}
        <div class="sheet rows">
          {list.entries.map((entry) => (
            <Entry entry={entry} list={list} canTry={frame.hasWorkflows}>
              {entry.agent ? <AgentLines details={entry.agent} hasRuns={frame.hasWorkflows} /> : null}
              {frame.hasWorkflows ? <Users entry={entry} list={list} /> : null}
            </Entry>
          ))}
          <Pager
            next={list.next}
            previous={list.previous}
            path={withQuery(`/${list.kind}`, { search: list.search })}
          />
        </div>
      </main>
    ),
  });
}

function Nothing({ list }: { list: ArtifactList }): Html {
  const { icon, word, where } = kinds[list.kind];
  if (list.total > 0) {
    return (
      <EmptyState icon="search" title={`No ${word} matches`}>
        <a class="btn" href={`/${list.kind}`}>
          Show all
        </a>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title={`No ${word} is here`}>
      <p>
        {`They are looked for in ${where} of the project and of your home, in the collection and beside workflows.`}
      </p>
    </EmptyState>
  );
}

interface EntryProps {
  entry: ArtifactEntry;
  list: ArtifactList;
  canTry?: boolean;
  children?: Child;
}

function Entry({ entry, list, canTry = false, children }: EntryProps): Html {
  const { icon, prefix } = kinds[list.kind];
  const { name, description, path } = entry;
  return (
    <article class="item" id={name}>
      <header>
        <Icon name={icon} />
        <h2>{name}</h2>
        <span class="ref">{entry.agent?.ref ?? `${prefix}${name}`}</span>
        {canTry && entry.agent && !("broken" in entry.agent.facts) ? (
          <a class="btn sm end" href={tryPath(entry.agent.ref)} aria-label={`Try ${name}`}>
            <Icon name="flask-conical" size="xs" />
            <span>Try</span>
          </a>
        ) : null}
      </header>
      {description === null ? null : <p>{description}</p>}
      {children}
      {entry.agent && "broken" in entry.agent.facts ? null : (
        <p class="muted">
          <code>{path}</code>
        </p>
      )}
    </article>
  );
}

/** The workflows that name it. */
function Users({ entry: { name, usedBy }, list }: EntryProps): Html {
  return (
    <>
      {usedBy.length === 0 ? null : (
        <p>
          {"Used by "}
          {usedBy.map((workflow, at) => (
            <>
              {at === 0 ? "" : ", "}
              <a href={workflowPath(workflow.slug)}>{workflow.name}</a>
            </>
          ))}
        </p>
      )}
      {usedBy.length === 0 && list.kind === "agents" ? (
        <p>
          <a href={withQuery("/workflows", { search: name })}>Search the workflows for it</a>
        </p>
      ) : null}
    </>
  );
}
