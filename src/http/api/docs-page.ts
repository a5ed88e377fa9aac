import { escapeHtml } from "../server/escape-html.ts";
import type { JsonSchema, MediaType, OpenApiDocument, Operation, Parameter } from "./openapi.ts";

/** The OpenAPI document as a page to read: no script, no other host. `styles` are addresses of style sheets. */
export function docsPage(document: OpenApiDocument, base: string, styles: readonly string[]): string {
  const sections = document.tags.map(({ name, description }) => section(document, base, name, description));
  const links = styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`).join("");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>skillmeat API</title>${links}</head>
<body class="api-docs">
<header><h1>skillmeat API</h1>
<p>${escapeHtml(String(document.info["description"]))} Version ${escapeHtml(String(document.info["version"]))}.
The same for programs: <a href="${base}/openapi.json">openapi.json</a>.</p>
<nav aria-label="Endpoints">${navigation(document)}</nav></header>
<main>${sections.join("\n")}
<section><h2 id="schemas">Objects</h2>${objects(document)}</section></main>
</body></html>
`;
}

interface FoundOperation {
  method: string;
  path: string;
  operation: Operation;
}

function operations(document: OpenApiDocument): FoundOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function navigation(document: OpenApiDocument): string {
  const items = operations(document).map(
    ({ method, path, operation }) =>
      `<li><a href="#${operation.operationId}"><b>${method}</b> <code>${escapeHtml(path)}</code></a></li>`,
  );
  return `<ul>${items.join("")}<li><a href="#schemas">Objects</a></li></ul>`;
}

function section(document: OpenApiDocument, base: string, tag: string, description: string): string {
  const mine = operations(document).filter(({ operation }) => operation.tags.includes(tag));
  if (mine.length === 0) return "";
  const articles = mine.map((found) => article(found, base)).join("\n");
  return `<section><h2>${escapeHtml(tag)}</h2><p>${escapeHtml(description)}</p>${articles}</section>`;
}

function article({ method, path, operation }: FoundOperation, base: string): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody
    ? `<h4>Body${requestBody.required ? "" : " (may be left out)"}</h4>${media(requestBody.content)}`
    : "";
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      `<dt><code>${status}</code></dt><dd>${escapeHtml(answer.description)}${types(answer.content)}</dd>`,
  );
  return `<article id="${operationId}"><h3><b>${method}</b> <code>${base}${escapeHtml(path)}</code></h3>
<p>${escapeHtml(summary)}.${description === undefined ? "" : ` ${escapeHtml(description)}`}</p>
${parameterTable(parameters)}${body}<h4>Answers</h4><dl>${answers.join("")}</dl></article>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${required ? "" : ", optional"}</td>` +
      `<td>${typeOf(schema)}</td><td>${escapeHtml(description ?? "")}</td></tr>`,
  );
  const head = "<thead><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr></thead>";
  return `<table>${head}<tbody>${rows.join("")}</tbody></table>`;
}

function media(content: Record<string, MediaType>): string {
  return Object.entries(content)
    .map(([type, { schema, example, examples }]) => {
      const shown = example ?? Object.values(examples ?? {})[0]?.value;
      const text = typeof shown === "string" ? shown : JSON.stringify(shown, null, 2);
      const code = shown === undefined ? "" : `<pre><code>${escapeHtml(text)}</code></pre>`;
      return `<p><code>${type}</code> ${typeOf(schema)}</p>${code}`;
    })
    .join("");
}

function types(content: Record<string, MediaType> | undefined): string {
  return Object.entries(content ?? {})
    .map(([type, { schema }]) => ` <code>${type}</code> ${typeOf(schema)}`)
    .join("");
}

function objects(document: OpenApiDocument): string {
  return Object.entries(document.components["schemas"] ?? {})
    .map(
      ([name, schema]) =>
        `<article id="schema-${name}"><h3>${name}</h3>${fields(schema as JsonSchema)}</article>`,
    )
    .join("\n");
}

function fields(schema: JsonSchema): string {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>);
  const required = (schema["required"] ?? []) as string[];
  const rows = properties.map(
    ([name, property]) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${required.includes(name) ? "" : "optional"}</td>` +
      `<td>${typeOf(property)}</td><td>${escapeHtml(String(property["description"] ?? ""))}</td></tr>`,
  );
  return rows.length === 0 ? `<p>${typeOf(schema)}</p>` : `<table><tbody>${rows.join("")}</tbody></table>`;
}

/** A schema in few words; named ones are linked. */
function typeOf(schema: JsonSchema): string {
  const { $ref, anyOf, type, items } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (Array.isArray(schema["enum"]))
    return schema["enum"].map((text) => `<code>${escapeHtml(String(text))}</code>`).join(" | ");
  if (Array.isArray(anyOf)) return anyOf.map((option: JsonSchema) => typeOf(option)).join(" | ");
  if (type === "array") return `list of ${typeOf((items ?? {}) as JsonSchema)}`;
  return escapeHtml(typeof type === "string" ? type : "any");
}
