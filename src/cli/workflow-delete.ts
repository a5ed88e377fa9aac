import { removeStoredWorkflow } from "../collection/save-workflow.ts";
import { confirm } from "./ask.ts";
import type { CommandRun } from "./command.ts";
import { exitCodes } from "./exit-code.ts";
import { storedWorkflow } from "./find-definition.ts";
import { withStore } from "./open-home.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, async (store) => {
    const { given, output, home } = invocation;
    const workflow = storedWorkflow(store, given.argument(0));
    await confirm(invocation, `delete ${workflow.name} (${workflow.slug})? its executions stay.`);
    await removeStoredWorkflow(home, store, workflow);
    output.line(`deleted ${workflow.slug}`);
    return exitCodes.done;
  });
