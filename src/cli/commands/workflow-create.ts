import { plainLine } from "../terminal/plain-text.ts";
import { dirname } from "node:path";
import { refreshIndex } from "../../operation/refresh-index.ts";
import { renameDefinition } from "../../workflow/edit/rename-definition.ts";
import { slugOf } from "../../collection/workflow-files.ts";
import { AppError } from "../../errors.ts";
import { getWorkflowBySlug } from "../../store/read-workflows.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import { workflowView } from "../../store/workflow-view.ts";
import { checkWorkflow } from "../../workflow/validate.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { artifactsFor } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { loginName } from "../login-name.ts";
import { withOpenHome } from "../open-home.ts";
import { readDefinition } from "../read-input.ts";
import { requireValid } from "../../operation/require-valid.ts";
import { saveWorkflow, takenError } from "../../operation/save-workflow.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir, env } = invocation;
  const path = given.argument(0);
  const read = await readDefinition(path, workdir);
  if (!read) throw new AppError("not_found", `there is no file or folder "${path}"`);
  const name = given.text("name");
  // Errors of the definition are reported before its name is changed.
  const { workflow } = await requireValid(read.text, read.file);
  const text = name === null ? read.text : renameDefinition(read.text, slugOf(name), name);
  const id = name === null ? workflow.id : slugOf(name);
  return withOpenHome(invocation, async (open) => {
    const { store } = open;
    refreshIndex(open);
    const over = getWorkflowBySlug(store, id);
    if (over && !given.flag("force")) {
      throw takenError(id, "--force replaces it, --name stores this one under another name");
    }
    const saving = { text, file: read.file, over, expected: null, status: null };
    const saved = await saveWorkflow(open, { ...saving, created_by: loginName(env) });
    if (given.text("format") === "json") output.json(workflowView(saved));
    else
      output.line(
        `${over ? "replaced" : "stored"} ${saved.slug} (${plainLine(saved.name)} v${saved.version}): ${saved.file}`,
      );
    warnOfMissing(invocation, saved);
    return exitCodes.done;
  });
};

/** The stored copy may not find what the file finds beside it; this is reported now, not when it runs. */
function warnOfMissing(invocation: Invocation, { file, definition }: WorkflowRecord): void {
  const { output, workdir } = invocation;
  if (file === null) return;
  const artifacts = artifactsFor(invocation, dirname(file), workdir);
  const { validation } = checkWorkflow(definition, { file, artifacts });
  const found = validation.warnings.filter(({ category }) => category === "artifact");
  const missing = [...new Set(found.map(({ message }) => message))];
  for (const message of missing) output.note(`${output.notePaint.warn("warning:")} ${message}`);
  if (missing.length === 0) return;
  output.note("put what it needs into .claude/agents of the project, or run it from its own folder");
}
