import { Definition } from "../../../src/workflow/definition.ts";
import { compileShape, type Shape } from "../../../src/workflow/shape.ts";

const expressionWords = [
  "parameters stages context env run.id run.started_at run.trigger workflow.id workflow.name workflow.version",
  "length() contains() toJSON() fromJSON() true false null",
].flatMap((words) => words.split(" "));

/** What the editor of the text completes, as JSON: keys by those above them (`*`: any name), and words of choices. */
export const completions: string = JSON.stringify(collectCompletions());

function collectCompletions(): { keys: Record<string, string[]>; words: Record<string, readonly string[]> } {
  const keys: Record<string, string[]> = {};
  const words: Record<string, readonly string[]> = { expression: expressionWords };
  const walk = (shape: Shape, path: readonly string[]): void => {
    switch (shape.kind) {
      case "object":
        keys[path.join(".")] = [...shape.fields.keys()];
        for (const [name, field] of shape.fields) walk(field, [...path, name]);
        return;
      case "names":
        return walk(shape.value, [...path, "*"]);
      case "list":
        return walk(shape.item, path);
      case "short":
        return walk(shape.full, path);
      case "choice":
        words[path.at(-1) ?? ""] = shape.words;
        return;
      case "boolean":
        words[path.at(-1) ?? ""] = ["true", "false"];
        return;
      case "pair":
      case "text":
      case "number":
      case "anything":
        return;
      default:
        shape satisfies never;
    }
  };
  walk(compileShape(Definition), []);
  return { keys, words };
}
