import { deepEqual } from "../../expression/deep-equal.ts";
import type { Value } from "../../expression/value.ts";
import type { Report } from "../report.ts";
import { quoteIt, writtenText } from "../shape-problems.ts";
import { nodeAt, type Path, type SourceNode } from "../source-node.ts";
import { spotAt, type Rule, type Subject } from "../subject.ts";
import { checkValue, coerceText, parseType, showValue } from "../value-type.ts";

/** Defaults, the values of inputs and those of an enum have the type that is declared beside them. */
export const declaredValues: Rule = (subject, report) => {
  const { config } = subject.definition;
  for (const [name, parameter] of Object.entries(config.parameters)) {
    const path = ["config", "parameters", name];
    const field = `parameter "${name}"`;
    checkDefault(subject, report, { field, path, declared: parameter });
    parameter.enum?.forEach((value, at) => {
      const place = [...path, "enum", at];
      checkOne(subject, report, { field: `a value of ${field}`, path: place, type: parameter.type, value });
    });
    checkAmong(subject, report, { field, path, declared: parameter });
  }
  subject.stages.forEach(({ stage: { inputs, outputs }, path: stagePath }) => {
    for (const [kind, fields] of Object.entries({ inputs, outputs })) {
      for (const [name, declared] of Object.entries(fields)) {
        const field = `${kind.slice(0, -1)} "${name}"`;
        checkDefault(subject, report, { field, path: [...stagePath, kind, name], declared });
      }
    }
    for (const [name, { type, value }] of Object.entries(inputs)) {
      if (value === undefined) continue;
      const path = [...stagePath, "inputs", name, "value"];
      checkOne(subject, report, { field: `the value of input "${name}"`, path, type, value });
    }
  });
};

interface DeclaredValue {
  type: string;
  default?: Value;
  enum?: Value[] | null;
}

function checkDefault(
  subject: Subject,
  report: Report,
  { field, path, declared }: { field: string; path: Path; declared: DeclaredValue },
): void {
  // "null" is what a field without a default has anyway.
  if (declared.default === undefined || declared.default === null) return;
  checkOne(subject, report, {
    field: `the default of ${field}`,
    path: [...path, "default"],
    type: declared.type,
    value: declared.default,
  });
}

function checkOne(
  subject: Subject,
  report: Report,
  { field, path, type, value }: { field: string; path: Path; type: string; value: Value },
): void {
  let wrong: SourceNode | null = null;
  const problem =
    type === ""
      ? null
      : checkValue(type, value, (part, at) => {
          wrong = nodeAt(subject.root, [...path, ...at]);
          return typeof part === "string" ? showValue(part) : (writtenText(wrong) ?? showValue(part));
        });
  if (problem === null || isFaulty(wrong)) return;
  report.error("schema", {
    code: "wrong_value",
    message: `${field} ${problem}`,
    path,
    at: wrong ?? spotAt(subject, path),
    hint: valueHint(type, wrong),
  });
}

function isFaulty(node: SourceNode | null): boolean {
  return node?.kind === "scalar" && node.isFaulty === true;
}

/** YAML reads 01234, 1.10 and true as something else than the text they may be meant as, and "3" as a text. */
function valueHint(type: string, node: SourceNode | null): string | null {
  const written = writtenText(node);
  const innermost = parseType(type)?.innermost;
  if (node?.kind !== "scalar" || written === null || !innermost) return null;
  if (typeof node.value !== "string") return innermost === "string" ? quoteIt(written) : null;
  const read = coerceText(innermost, node.value);
  return innermost !== "string" && "value" in read ? `write ${node.value}, without quotes` : null;
}

function checkAmong(
  subject: Subject,
  report: Report,
  { field, path, declared }: { field: string; path: Path; declared: DeclaredValue },
): void {
  const { default: value, enum: values } = declared;
  if (value === undefined || value === null || !values) return;
  if (values.some((each) => deepEqual(each, value))) return;
  report.error("schema", {
    code: "wrong_value",
    message: `the default of ${field} is none of its values`,
    path: [...path, "default"],
    at: spotAt(subject, [...path, "default"]),
    hint: `its values are ${values.map((each) => JSON.stringify(each)).join(", ")}`,
  });
}
