import { readFileSync, statSync } from "node:fs";
import { AppError } from "../errors.ts";
import { isObject } from "../expression/own-property.ts";
import { parseJson } from "../expression/parse-json.ts";
import type { Value } from "../expression/value.ts";
import type { EffectiveOutput } from "../workflow/effective.ts";
import { parseType } from "../workflow/value-type.ts";

/** The outputs that a stage declares, by name. */
export type StageContract = Record<string, EffectiveOutput>;

const contractForm =
  '{"schema": "skillmeat.contract/1", "outputs": {"count": {"type": "integer", "required": true}}}';
const longestFile = 1024 * 1024;
const deepest = 256;

/** Reads a stage's contract. Throws `AppError` for a file that is not there or holds none. */
export function readContract(file: string): StageContract {
  const parsed = parseJson(readText(file), deepest);
  if ("problem" in parsed) throw wrongFile(file, parsed.problem);
  const { value } = parsed;
  if (!isObject(value) || value["schema"] !== "skillmeat.contract/1")
    throw wrongFile(file, 'has no "schema" of a contract');
  const outputs = value["outputs"] ?? null;
  if (!isObject(outputs)) throw wrongFile(file, 'has no mapping "outputs"');
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [name, outputOf(file, name, output)]),
  );
}

function outputOf(file: string, name: string, output: Value): EffectiveOutput {
  const { type = null, required = true, description = null, ...others } = isObject(output) ? output : {};
  if (typeof type !== "string" || parseType(type) === null)
    throw wrongFile(file, `gives output "${name}" no type that is known`);
  if (typeof required !== "boolean")
    throw wrongFile(file, `must say true or false for "required" of "${name}"`);
  const told = typeof description === "string" ? description : null;
  const fallback = others["default"];
  return { type, required, description: told, ...(fallback !== undefined && { default: fallback }) };
}

function readText(file: string): string {
  try {
    if (statSync(file).size <= longestFile) return readFileSync(file, "utf8");
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "not_found",
      `the contract "${file}" cannot be read: ${said}. name another file with --contract`,
    );
  }
  throw wrongFile(file, "has more than 1 MiB");
}

function wrongFile(file: string, problem: string): AppError {
  return new AppError("invalid_definition", `the contract "${file}" ${problem}. write ${contractForm}`);
}
