import { stringify } from "yaml";
import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import { readSource } from "./read-source.ts";
import { valueOf } from "./source-node.ts";

/** Prints a definition as JSON, without its comments. Throws `AppError("invalid_definition")`. */
export function toJson(text: string): string {
  return `${JSON.stringify(valueIn(text), null, 2)}\n`;
}

/** Prints a definition as YAML. Throws `AppError("invalid_definition")`. */
export function toYaml(text: string): string {
  return stringify(valueIn(text), {
    version: "1.2",
    schema: "core",
    aliasDuplicateObjects: false,
    lineWidth: 0,
  });
}

function valueIn(text: string): Value {
  const { root, report } = readSource(text);
  const findings = report.findings();
  const [first] = findings;
  if (root && !first) return valueOf(root);
  const details = findings.map(({ path, message, line, column }) => ({ path, message, line, column }));
  const message = first ? `line ${first.line}: ${first.message}` : "the definition cannot be read";
  throw new AppError("invalid_definition", message, details);
}
