import { UnfitText } from "../../collection/read-text-file.ts";
import { checkDefinition } from "../../operation/check-definition.ts";
import type { ValidationResult } from "../../workflow/finding.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { placeOf, startOptions } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { findDefinition } from "../find-definition.ts";
import { findingsText } from "../terminal/print-findings.ts";

export const run: CommandRun = async (invocation) => {
  const { given, output } = invocation;
  const { source, validation } = await checkNamed(invocation, given.argument(0));
  const { valid, errors, warnings } = validation;
  if (given.text("format") === "json") output.json(validation);
  else output.line(findingsText([...errors, ...warnings], source, output.paint));
  return valid ? exitCodes.done : exitCodes.failed;
};

interface CheckedFile {
  source: { text: string; file: string };
  validation: ValidationResult;
}

async function checkNamed(invocation: Invocation, name: string): Promise<CheckedFile> {
  const { given, workdir } = invocation;
  const how = { isStrict: given.flag("strict"), options: startOptions(invocation, workdir) };
  try {
    const source = await findDefinition(invocation, name);
    return { source, validation: await checkDefinition(source, how, placeOf(invocation)) };
  } catch (error) {
    if (error instanceof UnfitText)
      return { source: { text: "", file: name }, validation: reportUnfitText(error) };
    throw error;
  }
}

/** A file that is too large or not text gets one finding, like any other invalid definition. */
function reportUnfitText({ fault, message }: UnfitText): ValidationResult {
  const place = { path: "", line: 1, column: 1, stage_id: null, hint: null };
  const finding = { severity: "error", category: "schema", code: fault, message, ...place } as const;
  return { valid: false, errors: [finding], warnings: [] };
}
