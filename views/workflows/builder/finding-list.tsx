import { Icon } from "../../components/icon.tsx";
import { plural } from "../../components/usage-text.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { withQuery } from "../../paths.ts";
import type { BuilderOpen, BuilderView } from "./builder-view.ts";
import type { ShownFinding } from "./form-words.ts";
import { tones } from "./problems.tsx";

interface ListProps {
  view: BuilderView;
  tab: BuilderOpen["tab"];
}

const mostFindings = 50;

/** All there is to say about the definition: beside the form in its words, beside the text with the line. */
export function FindingList({ view, tab }: ListProps): Html {
  // Where there are no stages yet the form says so itself, with the button that adds one.
  const all = view.findings.filter(({ path, tone }) => !(path === "stages" && tone === "needed"));
  const count = (tone: ShownFinding["tone"]) => all.filter((finding) => finding.tone === tone).length;
  const needed = count("needed");
  const words = [
    count("failed") === 0 ? null : plural(count("failed"), "error"),
    count("paused") === 0 ? null : plural(count("paused"), "warning"),
    needed === 0 ? null : `${plural(needed, "thing")} still needed`,
  ];
  return (
    <section id="builder-findings" aria-label="Findings" data-errors={count("failed")}>
      {all.length === 0 ? null : (
        <details class="findings" open={count("failed") > 0}>
          <summary>
            <Icon name="chevron-right" size="xs" />
            {words.filter((each) => each !== null).join(", ")}
          </summary>
          <ol>
            {all
              .slice(0, mostFindings)
              .map((finding) =>
                tab === "yaml" || view.root === null ? (
                  <TextLine view={view} finding={finding} />
                ) : (
                  <FormLine view={view} finding={finding} />
                ),
              )}
          </ol>
          {all.length > mostFindings ? <p class="muted">{`and ${all.length - mostFindings} more`}</p> : null}
        </details>
      )}
    </section>
  );
}

interface LineProps {
  view: BuilderView;
  finding: ShownFinding;
}

function TextLine({ view, finding }: LineProps): Html {
  const { tone, line, column, message, hint } = finding;
  return (
    <li class={tone}>
      <a href={withQuery(view.path, { tab: "yaml", line })} data-line-link={line} data-column={column}>
        <code>{`${line}:${column}`}</code>
      </a>{" "}
      <Said tone={tone} message={message} hint={hint} />
    </li>
  );
}

/** It leads to the form it is about. */
function FormLine({ view, finding }: LineProps): Html {
  const { tone, form } = finding;
  const facts = view.stages.find(({ findings }) => findings.includes(finding));
  return (
    <li class={tone}>
      {facts ? (
        <a href={withQuery(view.path, { stage: facts.key })} data-edit-found>
          {facts.stage.name || `Stage ${facts.at + 1}`}
        </a>
      ) : (
        <a href="#side-form">The whole</a>
      )}{" "}
      <Said tone={tone} {...form} />
    </li>
  );
}

function Said({
  tone,
  message,
  hint,
}: {
  tone: ShownFinding["tone"];
  message: string;
  hint: string | null;
}): Html {
  return (
    <span>
      <span class="vh">{tones[tone].word}</span>
      {message}
      {hint === null ? null : ` ${hint}`}
    </span>
  );
}
