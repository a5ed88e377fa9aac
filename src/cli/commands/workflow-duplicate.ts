import { plainLine } from "../terminal/plain-text.ts";
import { duplicateWorkflow } from "../../operation/duplicate-workflow.ts";
import { workflowView } from "../../store/workflow-view.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { loginName } from "../login-name.ts";
import { withOpenHome } from "../open-home.ts";

export const run: CommandRun = (invocation) =>
  withOpenHome(invocation, async (open) => {
    const { given, output, env } = invocation;
    const original = storedWorkflow(open, given.argument(0));
    const copy = { original, name: given.argument(1), created_by: loginName(env) };
    const saved = await duplicateWorkflow(open, copy);
    if (given.text("format") === "json") output.json(workflowView(saved));
    else output.line(`stored ${saved.slug} (${plainLine(saved.name)} v${saved.version}): ${saved.file}`);
    return exitCodes.done;
  });
