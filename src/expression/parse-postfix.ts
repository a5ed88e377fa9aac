import { ExpressionError } from "./expression-error.ts";
import { expectedError, isSymbol, type Cursor } from "./cursor.ts";
import { isHiddenKey } from "./own-property.ts";
import type { Expression, ObjectLiteral } from "./syntax.ts";

/** A primary with its `.name` and `[index]`: the tightest binding. */
export function parsePostfix(cursor: Cursor): Expression {
  const { start } = cursor.token;
  let expression = parsePrimary(cursor);
  for (;;) {
    if (isSymbol(cursor.token, ".")) expression = parseMember(cursor, expression, start);
    else if (isSymbol(cursor.token, "[")) expression = parseIndex(cursor, expression, start);
    else return expression;
  }
}

function parseMember(cursor: Cursor, object: Expression, start: number): Expression {
  cursor.take();
  const { token } = cursor;
  if (token.kind === "number") {
    throw expectedError(cursor, "a name after \".\" (one that begins with a digit goes in brackets: ['…'])");
  }
  if (token.kind !== "identifier") throw expectedError(cursor, 'a name after "."');
  cursor.take();
  return { kind: "member", object, property: token.name, propertyStart: token.start, start, end: token.end };
}

function parseIndex(cursor: Cursor, object: Expression, start: number): Expression {
  const open = cursor.take();
  const index = cursor.nested(open.start, cursor.parseAny);
  return { kind: "index", object, index, start, end: close(cursor, "]", '"]"') };
}

function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  const { start, end } = token;
  switch (token.kind) {
    case "number":
    case "string":
      cursor.take();
      return { kind: "literal", value: token.value, start, end };
    case "identifier":
      return parseWord(cursor, token.name);
    case "symbol":
      if (token.symbol === "(") return parseGroup(cursor);
      if (token.symbol === "[") return parseArray(cursor);
      if (token.symbol === "{") return parseObject(cursor);
      throw expectedError(cursor, "a value");
    case "end":
      throw expectedError(cursor, "a value");
    default:
      return token satisfies never;
  }
}

function parseWord(cursor: Cursor, name: string): Expression {
  const { start, end } = cursor.take();
  switch (name) {
    case "null":
      return { kind: "literal", value: null, start, end };
    case "true":
    case "false":
      return { kind: "literal", value: name === "true", start, end };
    default:
      return isSymbol(cursor.token, "(")
        ? parseCall(cursor, name, start)
        : { kind: "name", name, start, end };
  }
}

function parseCall(cursor: Cursor, name: string, start: number): Expression {
  const { items: args, end } = parseList(cursor, ")");
  return { kind: "call", name, args, start, end };
}

function parseGroup(cursor: Cursor): Expression {
  const { start } = cursor.take();
  const inner = cursor.nested(start, cursor.parseAny);
  close(cursor, ")", '")"');
  return inner;
}

function parseArray(cursor: Cursor): Expression {
  const { start } = cursor.token;
  return { kind: "array", ...parseList(cursor, "]"), start };
}

function parseList(cursor: Cursor, closing: string): { items: Expression[]; end: number } {
  const { start } = cursor.take();
  const items: Expression[] = [];
  if (isSymbol(cursor.token, closing)) return { items, end: cursor.take().end };
  for (;;) {
    items.push(cursor.nested(start, cursor.parseAny));
    if (!isSymbol(cursor.token, ",")) return { items, end: close(cursor, closing, `"," or "${closing}"`) };
    cursor.take();
  }
}

function parseObject(cursor: Cursor): Expression {
  const { start } = cursor.take();
  const entries: ObjectLiteral["entries"] = [];
  const keys = new Set<string>();
  if (isSymbol(cursor.token, "}")) return { kind: "object", entries, start, end: cursor.take().end };
  for (;;) {
    const key = parseKey(cursor, keys);
    keys.add(key);
    if (!isSymbol(cursor.token, ":")) throw expectedError(cursor, `":" after the key "${key}"`);
    cursor.take();
    entries.push({ key, value: cursor.nested(start, cursor.parseAny) });
    if (!isSymbol(cursor.token, ",")) {
      return { kind: "object", entries, start, end: close(cursor, "}", '"," or "}"') };
    }
    cursor.take();
  }
}

function parseKey(cursor: Cursor, taken: ReadonlySet<string>): string {
  const { token } = cursor;
  if (token.kind !== "identifier" && token.kind !== "string") {
    throw expectedError(cursor, "a key, which is a name or a string");
  }
  const key = token.kind === "identifier" ? token.name : token.value;
  if (isHiddenKey(key))
    throw new ExpressionError(`"${key}" cannot be a key. choose another name`, token.start);
  if (taken.has(key)) throw new ExpressionError(`the key "${key}" is given twice. keep one`, token.start);
  cursor.take();
  return key;
}

function close(cursor: Cursor, closing: string, wanted: string): number {
  if (!isSymbol(cursor.token, closing)) throw expectedError(cursor, wanted);
  return cursor.take().end;
}
