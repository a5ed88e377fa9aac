import { plainLine } from "../terminal/plain-text.ts";
import { renameDefinition } from "../../workflow/edit/rename-definition.ts";
import { slugOf } from "../../collection/workflow-files.ts";
import { AppError } from "../../errors.ts";
import { getWorkflowBySlug } from "../../store/read-workflows.ts";
import { workflowView } from "../../store/workflow-view.ts";
import { checkText } from "../check-text.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { loginName } from "../login-name.ts";
import { withOpenHome } from "../open-home.ts";
import { saveWorkflow } from "../../operation/save-workflow.ts";

export const run: CommandRun = (invocation) =>
  withOpenHome(invocation, async (open) => {
    const { store } = open;
    const { given, output, env } = invocation;
    const original = storedWorkflow(open, given.argument(0));
    const name = given.argument(1);
    const slug = slugOf(name);
    if (getWorkflowBySlug(store, slug))
      throw new AppError("conflict", `there is a workflow "${slug}" already`);
    const text = renameDefinition(original.definition, slug, name);
    const effective = checkText(text, original.file ?? original.slug);
    const saved = await saveWorkflow(open, {
      text,
      effective,
      over: null,
      expected: null,
      status: null,
      created_by: loginName(env),
    });
    if (given.text("format") === "json") output.json(workflowView(saved));
    else output.line(`stored ${saved.slug} (${plainLine(saved.name)} v${saved.version}): ${saved.file}`);
    return exitCodes.done;
  });
