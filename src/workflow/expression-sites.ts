import { hookNames } from "./effective.ts";
import type { ExpressionError } from "../expression/expression-error.ts";
import { references, type Reference } from "../expression/references.ts";
import type { Expression } from "../expression/syntax.ts";
import { readCondition, readTemplate } from "../expression/template.ts";
import { child, textOf, type Path, type SourceNode, type SourceScalar } from "./source-node.ts";
import { walkStageNodes } from "./stage-walk.ts";

/** A text of the definition that contains expressions. */
export interface ExpressionSite {
  path: Path;
  node: SourceScalar;
  use: "source" | "condition" | "env" | "text" | "summary" | "hook";
  /** The number of its stage; null outside the stages. */
  stage: number | null;
  /** If the text is the source of an input: the input's name. Otherwise empty. */
  input: string;
  /** `offset` is the position at which an expression begins in the text. */
  expressions: { expression: Expression; offset: number; references: Reference[] }[];
  /** True when the text is a single expression, with or without `${{ }}`, so that its value keeps its type. */
  isWhole: boolean;
  /** The errors in the text. `expressions` has those that can be read nevertheless. */
  errors: ExpressionError[];
}

type FoundSite = Pick<ExpressionSite, "path" | "use"> & { node: SourceNode | null; input?: string };

/** Finds and parses all of them. It omits a value that is no text, because the schema has reported it. */
export function expressionSites(root: SourceNode): ExpressionSite[] {
  return [
    ...[...inEnv(root), ...inHooks(root)].flatMap((each) => parseSite(each, null)),
    ...walkStageNodes(root).flatMap(({ node, at, path }) =>
      inStage(node, path).flatMap((each) => parseSite(each, at)),
    ),
  ];
}

function inEnv(root: SourceNode): FoundSite[] {
  return entriesOf(child(child(root, "config"), "env")).map(([name, node]) => ({
    path: ["config", "env", name],
    node,
    use: "env",
  }));
}

function inHooks(root: SourceNode): FoundSite[] {
  const hooks = child(root, "hooks");
  return hookNames.flatMap((name): FoundSite[] => {
    const hook = child(hooks, name);
    const path = ["hooks", name];
    const notify = child(hook, "notify");
    const texts: FoundSite[] = [{ path: [...path, "run"], node: child(hook, "run"), use: "hook" }];
    if (notify?.kind !== "map") return [...texts, { path: [...path, "notify"], node: notify, use: "hook" }];
    const parts = ["channel", "message"].map((key): FoundSite => ({
      path: [...path, "notify", key],
      node: child(notify, key),
      use: "hook",
    }));
    return [...texts, ...parts];
  });
}

function inStage(stage: SourceNode, path: Path): FoundSite[] {
  const text = (use: FoundSite["use"], ...keys: string[]): FoundSite => ({
    path: [...path, ...keys],
    node: keys.reduce<SourceNode | null>(child, stage),
    use,
  });
  const inputs = entriesOf(child(stage, "inputs")).map(([name, input]): FoundSite => ({
    path: [...path, "inputs", name, "source"],
    node: child(input, "source"),
    use: "source",
    input: name,
  }));
  return [
    text("condition", "condition"),
    ...inputs,
    text("text", "roles", "primary", "instructions"),
    text("summary", "handoff", "summary_prompt"),
    text("text", "gate", "message"),
  ];
}

function entriesOf(node: SourceNode | null): [string, SourceNode][] {
  return node?.kind === "map" ? [...node.entries].map(([key, { value }]) => [key, value]) : [];
}

function parseSite({ path, node, use, input = "" }: FoundSite, stage: number | null): ExpressionSite[] {
  const text = textOf(node);
  if (node?.kind !== "scalar" || text === null) return [];
  const isBare = use === "condition" || (use === "source" && !text.includes("${{"));
  const { parts, errors } = isBare ? readCondition(text) : readTemplate(text);
  const expressions = parts.flatMap((part) => {
    if (!("expression" in part)) return [];
    const { expression, offset } = part;
    return [{ expression, offset, references: references(expression) }];
  });
  const isWhole = errors.length === 0 && parts.length === 1 && expressions.length === 1;
  return [{ path, node, use, stage, input, expressions, isWhole, errors }];
}
