import type { Elysia } from "elysia";
import type { Endpoint } from "./endpoint.ts";
import { apiPrefix } from "./mount.ts";

/** Documents about the server itself that are not JSON of the API: the OpenAPI document, its page, the metrics. */
export function mountDocuments(
  app: Elysia,
  {
    endpoints,
    metrics,
    styles,
  }: {
    endpoints: readonly Endpoint[];
    metrics: () => string;
    styles: readonly string[];
  },
): void {
  // Made when it is first asked for, because most servers never are.
  let made: { json: string; page: string } | null = null;
  const documents = async (): Promise<{ json: string; page: string }> => {
    if (made) return made;
    const [{ openApiDocument }, { docsPage }] = await Promise.all([
      import("./openapi.ts"),
      import("./docs-page.ts"),
    ]);
    const document = openApiDocument(endpoints);
    return (made = { json: JSON.stringify(document), page: docsPage(document, apiPrefix, styles) });
  };
  app.get(`${apiPrefix}/openapi.json`, async () => text((await documents()).json, "application/json"));
  app.get(`${apiPrefix}/docs`, async () => text((await documents()).page, "text/html; charset=utf-8"));
  app.get("/metrics", () => text(metrics(), "text/plain; version=0.0.4; charset=utf-8"));
}

function text(content: string, type: string): Response {
  return new Response(content, { headers: { "content-type": type } });
}
