import { AppError } from "../../errors.ts";
import { parseJson } from "../../expression/parse-json.ts";
import { mostBodyBytes, tooLargeError } from "../server/guard.ts";
import { HttpError } from "../server/problem.ts";
import { jsonTrouble, placeIn } from "./json-trouble.ts";

const yamlTypes = /^(application|text)\/(x-)?yaml$/;
const jsonTypes = /^application\/([\w.-]+\+)?json$/;
const mostLevels = 100;

/**
 * A request's body as data. YAML is a definition's text and comes as `{definition: text}`. Undefined: there is none.
 * Throws 415 for another type, 413 for more than 2 MiB, 400 with line and column for broken JSON.
 */
export async function readBody(request: Request, takesYaml: boolean): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!request.body) return undefined;
  const bytes = await readBytes(request.body);
  if (bytes.byteLength === 0) return undefined;
  const isYaml = takesYaml && yamlTypes.test(type);
  if (!isYaml && type !== "" && !jsonTypes.test(type)) {
    const known = takesYaml ? "application/json or application/yaml" : "application/json";
    throw new HttpError(415, "unsupported_media_type", `the body is "${type}". send ${known}`);
  }
  const packing = request.headers.get("content-encoding") ?? "identity";
  if (packing !== "identity") {
    throw new HttpError(
      415,
      "unsupported_media_type",
      `the body is compressed as "${packing}". send it uncompressed`,
    );
  }
  const text = decode(bytes);
  return isYaml ? { definition: text } : readJson(text);
}

async function readBytes(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, so the rest is never stored.
    if (size > mostBodyBytes) throw tooLargeError();
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("invalid_usage", "the body is not UTF-8");
  }
}

function readJson(text: string): unknown {
  const parsed = parseJson(text, mostLevels);
  if ("value" in parsed) return parsed.value;
  if (parsed.fault === "depth") throw new AppError("invalid_usage", `the body ${parsed.problem}`);
  // The parser's own message names no place, so the text is read again.
  const { message, line, column } =
    parsed.fault === "syntax" ? jsonTrouble(text) : placeIn(text, parsed.offset, parsed.problem);
  const what = parsed.fault === "syntax" ? `is not JSON: ${message}` : message;
  throw new AppError("invalid_usage", `the body ${what} at line ${line}, column ${column}`, [
    { path: "", message, line, column },
  ]);
}
