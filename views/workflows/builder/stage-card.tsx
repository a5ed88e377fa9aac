import { Icon } from "../../components/icon.tsx";
import { Menu } from "../../components/menu.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { withQuery } from "../../paths.ts";
import { domId, type BuilderView, type StageFacts } from "./builder-view.ts";
import { CardFacts } from "./card-facts.tsx";
import { Problems } from "./problems.tsx";
import { stageKind } from "../../../src/workflow/stage-kind.ts";

interface CardProps {
  view: BuilderView;
  facts: StageFacts;
  /** How many cards stand side by side. */
  beside: number;
}

/** A stage in the flow: what it is at a glance, its name to be changed in place, and all that can be done with it. */
export function StageCard({ view, facts, beside }: CardProps): Html {
  const { key, at, stage, batch, findings } = facts;
  const hasErrors = findings.some(({ tone }) => tone === "failed");
  const id = domId(key);
  const marks = [stageKind(stage.type).isDecided ? "is-gate" : "", hasErrors ? "has-errors" : ""];
  return (
    <li
      id={`card-${id}`}
      class={`stage-card in-${Math.min(beside, 3)} ${marks.join(" ")}`}
      data-stage={key}
      data-at={at}
    >
      <header>
        <button
          type="button"
          class="btn ghost icon sm handle"
          id={`handle-${id}`}
          data-handle
          aria-label={`Reorder ${stage.name}, place ${at + 1} of ${view.stages.length}`}
          aria-describedby="reorder-help"
        >
          <Icon name="grip-vertical" size="s" />
        </button>
        <span class="no">{at + 1}</span>
        <NameForm view={view} facts={facts} id={id} />
      </header>
      <p class="what">
        <span class="type">
          <Icon name={stageKind(stage.type).icon} size="xs" />
          {stage.type}
        </span>
        <span>{`Step ${batch}`}</span>
        {beside > 1 ? <span>in parallel</span> : null}
        <code>{stage.id}</code>
      </p>
      <CardFacts stage={stage} />
      <Problems findings={findings} />
      <Acts view={view} facts={facts} id={id} />
    </li>
  );
}

function NameForm({ view, facts, id }: { view: BuilderView; facts: StageFacts; id: string }): Html {
  const { key, at, stage } = facts;
  return (
    <form class="name-form" method="post" action={`${view.path}/stage`} data-live>
      <input type="hidden" name="stage" value={key} />
      <input type="hidden" name="revision" value={view.revision} />
      <input
        class="name"
        id={`name-${id}`}
        name="name"
        value={stage.name}
        aria-label={`Name of stage ${at + 1}`}
        autocomplete="off"
        maxlength={255}
      />
    </form>
  );
}

/** One form with a button for each thing to do: it works without scripts. */
function Acts({ view, facts, id }: { view: BuilderView; facts: StageFacts; id: string }): Html {
  const { key, at, stage } = facts;
  const { name } = stage;
  const form = `acts-${id}`;
  return (
    <form class="card-acts" id={form} method="post" action={`${view.path}/move`}>
      <input type="hidden" name="stage" value={key} />
      <EditLink href={withQuery(view.path, { stage: key })} id={`edit-${id}`} name={name} />
      <span class="grow"></span>
      <button
        class="btn ghost icon sm"
        id={`up-${id}`}
        name="by"
        value="-1"
        disabled={at === 0}
        aria-label={`Move ${name} up`}
      >
        <Icon name="arrow-up" size="s" />
      </button>
      <button
        class="btn ghost icon sm"
        id={`down-${id}`}
        name="by"
        value="1"
        disabled={at === view.stages.length - 1}
        aria-label={`Move ${name} down`}
      >
        <Icon name="arrow-down" size="s" />
      </button>
      <Menu id={`more-${id}`} label={`More for ${name}`}>
        <li>
          <a href={withQuery(view.path, { move: key })} data-move-to>
            <Icon name="arrow-up-down" size="s" />
            Move to…
          </a>
        </li>
        <li>
          <button form={form} formaction={`${view.path}/duplicate`} data-duplicate>
            <Icon name="copy" size="s" />
            Duplicate
          </button>
        </li>
        <li>
          <button form={form} formaction={`${view.path}/remove`} class="danger" data-remove>
            <Icon name="trash-2" size="s" />
            Remove
          </button>
        </li>
      </Menu>
    </form>
  );
}

function EditLink({ href, id, name }: { href: string; id: string; name: string }): Html {
  return (
    <a class="btn sm" id={id} href={href} data-edit aria-label={`Edit ${name}`}>
      <Icon name="pencil" size="s" />
      Edit
    </a>
  );
}
