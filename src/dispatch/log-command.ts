/** A command from an agent to the engine in a line of its log. */
export type LogCommand =
  | { kind: "error" | "warning" | "notice"; text: string }
  | { kind: "progress"; percent: number; text: string }
  | { kind: "mask"; secret: string };

/**
 * Reads `::error::text`, `::warning::text`, `::notice::text`, `::progress 40 text::` and `::add-mask::secret`.
 * Properties after the word, as in `::error file=a.ts,line=3::text`, are left out. Null for any other line.
 */
export function parseLogCommand(line: string): LogCommand | null {
  if (!line.startsWith("::")) return null;
  const message = /^::(error|warning|notice|add-mask)(?: [^:]*(?::[^:]+)*)?::(.*)$/su.exec(line);
  if (message) {
    const [, word = "", escaped = ""] = message;
    const text = unescape(escaped);
    if (word === "add-mask") return { kind: "mask", secret: text };
    if (word === "error" || word === "warning" || word === "notice") return { kind: word, text };
  }
  const progress = /^::progress (\d{1,3}(?:\.\d+)?)%?(.*)$/su.exec(line);
  if (!progress) return null;
  const [, percent = "", rest = ""] = progress;
  const text = rest.replace(/^::/, "").replace(/::$/, "").trim();
  return { kind: "progress", percent: Math.min(100, Math.round(Number(percent))), text };
}

/** How the line is shown; null when it is not. */
export function showLogCommand(command: LogCommand): string | null {
  switch (command.kind) {
    case "error":
    case "warning":
    case "notice":
      return `${command.kind}: ${command.text}`;
    case "progress":
      return `${command.percent} %${command.text === "" ? "" : ` ${command.text}`}`;
    case "mask":
      return null;
    default:
      return command satisfies never;
  }
}

/** As GitHub's runners escape what would end a line. */
function unescape(text: string): string {
  return text.replace(/%0D/gi, "\r").replace(/%0A/gi, "\n").replace(/%25/g, "%");
}
