import { dirname } from "node:path";
import { lockingFiles } from "../collection/files-lock.ts";
import { openCollection, removeWorkflow } from "../collection/workflow-files.ts";
import { deleteWorkflow } from "../store/workflows.ts";
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
    await lockingFiles(home, () => {
      const { file } = workflow;
      const entry = file === null ? null : dirname(file).split("/").at(-1);
      const change = file && entry ? removeWorkflow(openCollection(home), entry, file, new Date()) : null;
      try {
        deleteWorkflow(store, workflow.id);
      } catch (error) {
        change?.undo();
        throw error;
      }
    });
    output.line(`deleted ${workflow.slug}`);
    return exitCodes.done;
  });
