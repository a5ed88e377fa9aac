import { textField, type Fields } from "./stream/fields.ts";

/** The files that a call names in its input. */
export function filesOf(input: Fields): string[] {
  return ["file_path", "filePath", "notebook_path", "path"].flatMap((key) => textField(input, key) ?? []);
}

/** What a call with this input is about, in the agent's own words where there are any. */
export function titleOfCall(input: Fields): string {
  for (const key of ["command", "pattern", "query", "url", "description", "prompt"]) {
    const text = textField(input, key);
    if (text !== null && text.trim() !== "") return text;
  }
  return filesOf(input)[0] ?? Object.keys(input).slice(0, 20).join(", ");
}
