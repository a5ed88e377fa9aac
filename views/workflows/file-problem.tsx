import type { Finding } from "../../src/workflow/finding.ts";
import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { withQuery, workflowPath } from "../paths.ts";

/** Why the file of a workflow is not what it should be. */
export interface FileProblemFacts {
  kind: "invalid" | "unreadable" | "missing" | "link" | "duplicate" | "name";
  message: string;
  findings: readonly Finding[];
}

const words: Record<FileProblemFacts["kind"], string> = {
  invalid: "does not hold",
  unreadable: "unreadable",
  missing: "file is gone",
  link: "link not followed",
  duplicate: "id is taken",
  name: "name is taken",
};

const titles: Record<FileProblemFacts["kind"], string> = {
  invalid: "The file does not hold any more",
  unreadable: "The file cannot be read",
  missing: "The file is gone",
  link: "The file is a link that is not followed",
  duplicate: "Another workflow has the same id",
  name: "Another workflow has the same name",
};

const shownFindings = 8;

/** What a list says of it, in a word or two. */
export function FileTag({ problem }: { problem: FileProblemFacts | null }): Html {
  if (problem === null) return <></>;
  return (
    <span class="tag status-file" title={problem.message}>
      {words[problem.kind]}
    </span>
  );
}

/** The whole of it, with the way to each place in the text. */
export function FileNotice({ problem, slug }: { problem: FileProblemFacts | null; slug: string }): Html {
  if (problem === null) return <></>;
  const { kind, message, findings } = problem;
  const left = findings.length - shownFindings;
  return (
    <div class="notice paused file" role="status" id="file-problem">
      <Icon name="triangle-alert" />
      <div>
        <h2>{titles[kind]}</h2>
        {findings.length === 0 ? <p>{message}</p> : null}
        {findings.length === 0 ? null : (
          <ul>
            {findings.slice(0, shownFindings).map(({ line, message: text, hint }) => (
              <li>
                <a href={withQuery(workflowPath(slug, "edit"), { tab: "yaml", line })}>{`Line ${line}`}</a>
                {`: ${hint ? `${text}. ${hint}` : text}`}
              </li>
            ))}
            {left > 0 ? <li>{`and ${left} more`}</li> : null}
          </ul>
        )}
        {kind === "invalid" ? (
          <p>What is shown here is from the last time it held. It does not run.</p>
        ) : null}
      </div>
    </div>
  );
}
