import { checkDefinition } from "../operation/check-definition.ts";
import type { CommandRun } from "./command.ts";
import { placeOf, startOptions } from "./compose.ts";
import { exitCodes } from "./exit-code.ts";
import { findDefinition } from "./find-definition.ts";
import { findingsText } from "./print-findings.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output, workdir } = invocation;
  const source = await findDefinition(invocation, given.argument(0));
  const how = { isStrict: given.flag("strict"), options: startOptions(invocation, workdir) };
  const validation = await checkDefinition(source, how, placeOf(invocation));
  const { valid, errors, warnings } = validation;
  if (given.text("format") === "json") output.json(validation);
  else output.line(findingsText([...errors, ...warnings], source, output.paint));
  return valid ? exitCodes.done : exitCodes.failed;
};
