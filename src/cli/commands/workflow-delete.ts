import { deleteWorkflow } from "../../operation/save-workflow.ts";
import { confirm } from "../terminal/ask.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { withOpenHome } from "../open-home.ts";

export const run: CommandRun = (invocation) =>
  withOpenHome(invocation, async (open) => {
    const { given, output } = invocation;
    const workflow = storedWorkflow(open, given.argument(0));
    await confirm(invocation, `delete ${workflow.name} (${workflow.slug})? its executions stay.`);
    await deleteWorkflow(open, workflow);
    output.line(`deleted ${workflow.slug}`);
    return exitCodes.done;
  });
