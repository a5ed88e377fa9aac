import { AppError } from "../../errors.ts";
import { evaluate } from "../../expression/evaluate.ts";
import { ExpressionError } from "../../expression/expression-error.ts";
import { parseExpression } from "../../expression/parse-expression.ts";
import { isObject } from "../../expression/own-property.ts";
import { parseJson } from "../../expression/parse-json.ts";
import { deepestValue, sizeProblem } from "../../expression/size-problem.ts";
import type { ValueObject } from "../../expression/value.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { plainText } from "../terminal/plain-text.ts";
import { readTextFile } from "../../collection/read-text-file.ts";
import { resolve } from "node:path";

export const run: CommandRun = async (invocation) => {
  const { given, output } = invocation;
  const source = given.argument(0);
  const inside = insideOf(source);
  const scope = scopeOf(invocation);
  try {
    output.line(JSON.stringify(evaluate(parseExpression(inside.text), scope)));
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const offset = error.offset + inside.start;
    if (given.text("format") === "json") {
      output.json({ error: { code: "expression_error", message: error.message, offset } });
    } else {
      output.note(`${output.notePaint.bad("error:")} ${error.message}`);
      output.note(caretLines(source, offset));
    }
    return exitCodes.failed;
  }
};

/** The expression within `${{ }}`, or the text itself. */
function insideOf(source: string): { text: string; start: number } {
  const match = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(source);
  return match?.[1] === undefined
    ? { text: source, start: 0 }
    : { text: match[1], start: source.indexOf("{{") + 2 };
}

/** Every namespace exists, empty where the file has none, as in a workflow. */
function scopeOf({ given, workdir }: Invocation): ValueObject {
  const empty = { parameters: {}, stages: {}, context: {}, env: {}, run: {}, workflow: {} };
  const file = given.text("context");
  if (file === null) return empty;
  const text = readTextFile(resolve(workdir, file), file);
  const read = parseJson(text, deepestValue);
  if ("problem" in read) throw new AppError("invalid_usage", `"${file}" ${read.problem}`);
  const data = read.value;
  if (!isObject(data)) {
    throw new AppError("invalid_usage", `"${file}" must contain an object of namespaces with their values`);
  }
  const problem = sizeProblem(data);
  if (problem !== null) throw new AppError("invalid_usage", `"${file}" cannot be used: ${problem}`);
  return { ...empty, ...data };
}

/** The line of the source that holds the offset, and a caret under it. */
function caretLines(source: string, offset: number): string {
  const start = source.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  const end = source.indexOf("\n", offset);
  const line = source.slice(start, end < 0 ? undefined : end);
  const before = Bun.stringWidth(plainText(source.slice(start, offset)));
  return `  ${plainText(line)}\n  ${" ".repeat(before)}^`;
}
