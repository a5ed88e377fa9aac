import { Lexer, Parser, type CST } from "yaml";

/** The tokens of a text, or the place where it exceeds a limit. Nothing after that place was read. */
export type ParsedTokens = { tokens: CST.Token[] } | { problem: string; code: string; offset: number };

export const limits = { nesting: 64, stages: 2_000, pieces: 400_000 };

/**
 * Cuts YAML into tokens and stops where the text exceeds a limit, because a million brackets would take seconds. It
 * also finds nesting that is too deep by indentation alone.
 */
export function parseTokens(text: string): ParsedTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let pieces = 0;
  for (const piece of new Lexer().lex(text)) {
    for (const token of parser.next(piece)) tokens.push(token);
    const fault = faultOf(parser.stack, ++pieces);
    if (fault) return { ...fault, offset: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

function faultOf(stack: readonly CST.Token[], pieces: number): { problem: string; code: string } | null {
  if (pieces > limits.pieces)
    return {
      code: "too_large",
      problem: `this holds more than ${limits.pieces / 2} values, which is the limit`,
    };
  // The document itself is not a level, and a scalar may be at the top.
  if (stack.length > limits.nesting + 1 && depthOf(stack) > limits.nesting)
    return { code: "too_deep", problem: `this is nested deeper than ${limits.nesting} levels` };
  if (stageCount(stack) > limits.stages + 2)
    return {
      code: "too_many_stages",
      problem: `a workflow has ${limits.stages} stages at most, and here are more`,
    };
  return null;
}

function depthOf(stack: readonly CST.Token[]): number {
  return stack.filter((token) => "items" in token).length;
}

/** The number of items of the list `stages` so far; the last may be only a trailing comma. 0 outside the list. */
function stageCount([, top, list]: readonly CST.Token[]): number {
  if (list?.type !== "block-seq" && list?.type !== "flow-collection") return 0;
  if (list.items.length <= limits.stages) return 0;
  if (top?.type !== "block-map" && top?.type !== "flow-collection") return 0;
  const key = top.items.at(-1)?.key;
  const name = key && "source" in key ? key.source : "";
  return /^["']?stages["']?$/.test(name) ? list.items.length : 0;
}
