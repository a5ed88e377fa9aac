import { AppError } from "../../errors.ts";
import { applyEdits } from "./apply-edit.ts";
import { readSource } from "../read-source.ts";
import { child } from "../source-node.ts";

/**
 * The text with another `workflow.id` and `workflow.name`; every other byte stays. YAML or JSON. Throws
 * `AppError("invalid_definition")` for a text that has none, or that cannot be edited safely.
 */
export function renameDefinition(text: string, id: string, name: string): string {
  const { root, report } = readSource(text);
  const workflow = child(root, "workflow");
  if (report.findings().length === 0 && !(child(workflow, "id") && child(workflow, "name"))) {
    throw new AppError(
      "invalid_definition",
      'the definition has no "workflow.id" or "workflow.name" to change',
    );
  }
  const renamed = applyEdits(text, [
    { kind: "set", path: ["workflow", "id"], value: id },
    { kind: "set", path: ["workflow", "name"], value: name },
  ]);
  if (renamed.ok) return renamed.text;
  throw new AppError("invalid_definition", `line ${renamed.line}: ${renamed.message}`);
}
