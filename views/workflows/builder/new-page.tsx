import { Icon } from "../../components/icon.tsx";
import type { IconName } from "../../components/icon-names.ts";
import { Ago } from "../../components/time.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { Frame } from "../../layout/frame.ts";
import { page } from "../../layout/page.tsx";
import { libraryPath } from "../../paths.ts";
import type { EffectiveStage } from "../../../src/workflow/effective.ts";
import { Shape } from "../shape.tsx";
import { builderFiles } from "./builder-page.tsx";

/** Something to begin a workflow with. */
export interface Beginning {
  id: string;
  name: string;
  description: string;
  icon: IconName;
  stages: readonly EffectiveStage[];
}

interface NewPage {
  beginnings: readonly Beginning[];
  /** Drafts that were begun and not saved. */
  drafts: readonly { id: string; name: string; updated_at: string }[];
}

export function newWorkflowPage(frame: Frame, { beginnings, drafts }: NewPage): string {
  return page({
    frame,
    facts: {
      title: "New workflow",
      section: "workflows",
      crumbs: [{ name: "Workflows", path: libraryPath }],
      extra: { ...builderFiles, scripts: [] },
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet">
          <h1>New workflow</h1>
          <div class="beginnings">
            {beginnings.map((beginning) => (
              <BeginningCard beginning={beginning} />
            ))}
          </div>
          <p>
            Or <a href="/workflows/import">import a YAML file</a>, which is stored as it is.
          </p>
          {drafts.length === 0 ? null : <Drafts drafts={drafts} now={frame.now} />}
        </div>
      </main>
    ),
  });
}

function BeginningCard({ beginning }: { beginning: Beginning }): Html {
  const { id, name, description, icon, stages } = beginning;
  return (
    <form class="beginning" method="post" action="/workflows/new">
      <span class="tile h-slate">
        <Icon name={icon} />
      </span>
      <h2>{name}</h2>
      <p>{description}</p>
      {stages.length === 0 ? null : <Shape stages={stages} steps={[]} />}
      <button class="btn" name="template" value={id} aria-label={`Begin with this: ${name}`}>
        Begin with this
      </button>
    </form>
  );
}

function Drafts({ drafts, now }: { drafts: NewPage["drafts"]; now: number }): Html {
  return (
    <section class="item" aria-labelledby="drafts-title">
      <h2 id="drafts-title">Begun and not saved</h2>
      <ul class="drafts">
        {drafts.map(({ id, name, updated_at }) => (
          <li>
            <a href={`/workflows/new/${id}`}>{name}</a>
            <span class="muted">
              <Ago at={updated_at} now={now} />
            </span>
            <a class="btn ghost sm" href={`/workflows/new/${id}/discard`} aria-label={`Discard ${name}`}>
              <Icon name="trash-2" size="s" />
              Discard…
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
