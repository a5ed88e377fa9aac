import { setWorkflowStatus } from "../../operation/save-workflow.ts";
import type { WorkflowStatus } from "../../store/workflow-record.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { withOpenHome } from "../open-home.ts";

export const publish = statusCommand("published");
export const archive = statusCommand("archived");

/** A command that sets the status of a stored workflow. Setting the status it already has is no mistake. */
function statusCommand(status: WorkflowStatus): CommandRun {
  return (invocation) =>
    withOpenHome(invocation, async (open) => {
      const workflow = storedWorkflow(open, invocation.given.argument(0));
      if (workflow.status !== status) await setWorkflowStatus(open, workflow, { status, expected: null });
      invocation.output.line(`${workflow.slug} is ${status}`);
      return exitCodes.done;
    });
}
