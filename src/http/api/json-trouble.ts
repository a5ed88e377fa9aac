/** Where a text stops being JSON. Line and column count from 1. */
export interface JsonTrouble {
  message: string;
  line: number;
  column: number;
}

const space = /[\t\n\r ]+/;
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/;
const word = /(?:true|false|null)(?!\w)/;
const mark = /[{}[\],:]/;
const tokens = new RegExp([space, string, number, word, mark].map(({ source }) => source).join("|"), "y");

/**
 * The first wrong place in a text that the parser has refused. Not recursive, because the text may be deeply nested.
 */
export function jsonTrouble(text: string): JsonTrouble {
  // "value", "key" … : what may come next; a closing bracket is also accepted where a container may end.
  const open: ("{" | "[")[] = [];
  let wanted: WantedToken = "value";
  for (let at = 0; at < text.length;) {
    tokens.lastIndex = at;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) return placeIn(text, at, describeUnreadable(text, at));
    if (!/^[\t\n\r ]/.test(token)) {
      const next = step(token, wanted, open);
      if (next === null) return placeIn(text, at, `expected ${wantedNames[wanted]}`);
      wanted = next;
    }
    at += token.length;
  }
  return placeIn(text, text.length, `it ends where ${wantedNames[wanted]} should come`);
}

type WantedToken = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end" | "nothing";

const wantedNames: Record<WantedToken, string> = {
  value: "a value",
  "value or ]": 'a value or "]"',
  key: "a name in double quotes",
  "key or }": 'a name in double quotes or "}"',
  colon: '":"',
  "comma or end": '"," or a closing bracket',
  nothing: "nothing more",
};

/** What may come after a token; null when it may not stand here. Keeps the stack of open containers. */
function step(token: string, wanted: WantedToken, open: ("{" | "[")[]): WantedToken | null {
  if (token === "}" || token === "]") {
    const mayEnd = wanted === "comma or end" || wanted === (token === "}" ? "key or }" : "value or ]");
    if (!mayEnd || open.pop() !== (token === "}" ? "{" : "[")) return null;
    return afterValue(open);
  }
  if (token === ",") return wanted === "comma or end" ? (open.at(-1) === "{" ? "key" : "value") : null;
  if (token === ":") return wanted === "colon" ? "value" : null;
  if (wanted === "key" || wanted === "key or }") return token.startsWith('"') ? "colon" : null;
  if (wanted !== "value" && wanted !== "value or ]") return null;
  if (token !== "{" && token !== "[") return afterValue(open);
  open.push(token);
  return token === "{" ? "key or }" : "value or ]";
}

function afterValue(open: readonly string[]): WantedToken {
  return open.length > 0 ? "comma or end" : "nothing";
}

function describeUnreadable(text: string, at: number): string {
  return text[at] === '"' ? "a text that does not end, or holds what must be escaped" : "no JSON begins so";
}

/** The line and column of an offset, with what is to be said about it. */
export function placeIn(text: string, at: number, message: string): JsonTrouble {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { message, line, column: at - before.lastIndexOf("\n") };
}
