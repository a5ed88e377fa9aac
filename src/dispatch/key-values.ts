/** Reads a file of `name=value` lines and `name<<END` blocks as texts; a later value of a name wins. */
export type KeyValues = { values: Map<string, string> } | { problem: string };

/** As shell scripts write it, a block goes on until a line that is exactly the word after `<<`. */
export function parseKeyValues(text: string): KeyValues {
  const values = new Map<string, string>();
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === "") continue;
    const match = /^([^=]*?)(=|<<)(.*)$/s.exec(line);
    const name = match?.[1]?.trim() ?? "";
    if (!match || name === "") {
      return { problem: `line ${at + 1} is neither name=value nor name<<END: ${quote(line)}` };
    }
    if (match[2] === "=") {
      values.set(name, match[3] ?? "");
      continue;
    }
    const word = match[3]?.trim() ?? "";
    const end = word === "" ? -1 : lines.indexOf(word, at + 1);
    if (end < 0) return { problem: `line ${at + 1}: the block of "${name}" has no end line ${quote(word)}` };
    values.set(name, lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return { values };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
