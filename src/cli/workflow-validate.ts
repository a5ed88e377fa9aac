import { validatedEntry } from "../collection/workflow-entry.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import type { CommandRun } from "./command.ts";
import { artifactsFor } from "./compose.ts";
import { exitCodes } from "./exit-code.ts";
import { findDefinition } from "./find-definition.ts";
import { findingsText } from "./print-findings.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir, log } = invocation;
  const { text, file, beside } = await findDefinition(invocation, given.argument(0));
  const artifacts = artifactsFor(invocation, beside, workdir);
  const { id, validation } = checkWorkflow(text, { file, artifacts, strict: given.flag("strict") });
  log(validatedEntry(id, validation));
  if (given.text("format") === "json") output.json(validation);
  else output.line(findingsText(validation, text, file, output.paint));
  return validation.valid ? exitCodes.done : exitCodes.failed;
};
