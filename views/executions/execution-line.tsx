import { hasEnded } from "../../src/execution/status.ts";
import { StateWord } from "../components/badge.tsx";
import { Folder } from "../components/folder.tsx";
import { executionName } from "../components/execution-name.ts";
import { executionState } from "../components/state.ts";
import { Elapsed, Moment } from "../components/time.tsx";
import { costText } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { executionPath, workflowPath } from "../paths.ts";
import type { ExecutionRow } from "./execution-query.ts";
import { subjectParameter } from "./subject-parameter.ts";

interface LineProps {
  row: ExecutionRow;
  withWorkflow: boolean;
  withFolder: boolean;
  now: number;
}

/** One execution in one line. */
export function ExecutionLine({ row: { execution, place }, withWorkflow, withFolder, now }: LineProps): Html {
  const { run_id, workflow_slug, workflow_name, started_at, created_at, completed_at, status } = execution;
  const name = executionName(run_id);
  const subject = subjectParameter(execution);
  return (
    <tr id={`run-${run_id}`}>
      <td>
        {hasEnded(status) ? null : (
          <input
            type="checkbox"
            name="run"
            value={run_id}
            aria-label={`Choose run ${name} of ${workflow_name}`}
          />
        )}
      </td>
      <th scope="row">
        <a class="num" href={executionPath(workflow_slug, run_id)}>
          {name}
        </a>
        {subject === null ? null : (
          <span class="subject" title={subject}>
            {subject}
          </span>
        )}
      </th>
      {withWorkflow ? (
        <td class="of">
          <a href={workflowPath(workflow_slug)} title={workflow_name}>
            {workflow_name}
          </a>
        </td>
      ) : null}
      <td>
        <StateWord state={executionState(execution)} />
      </td>
      <td class="stands" title={place}>
        {place}
      </td>
      {withFolder ? (
        <td>
          <Folder path={execution.options.workdir} />
        </td>
      ) : null}
      <td>
        <Moment at={started_at ?? created_at} now={now} />
      </td>
      <td>
        <Elapsed start={started_at ?? created_at} end={completed_at} now={now} />
      </td>
      <td>{execution.trigger}</td>
      <td class="num">{costText(execution.usage) ?? ""}</td>
    </tr>
  );
}
