import { removeStoredWorkflow } from "../collection/save-workflow.ts";
import { confirm } from "./ask.ts";
import type { CommandRun } from "./command.ts";
import { exitCodes } from "./exit-code.ts";
import { storedWorkflow } from "./find-definition.ts";
import { withShelf } from "./open-home.ts";

export const run: CommandRun = (invocation) =>
  withShelf(invocation, async (shelf) => {
    const { given, output } = invocation;
    const workflow = storedWorkflow(shelf.store, given.argument(0));
    await confirm(invocation, `delete ${workflow.name} (${workflow.slug})? its executions stay.`);
    await removeStoredWorkflow(shelf, workflow);
    output.line(`deleted ${workflow.slug}`);
    return exitCodes.done;
  });
