import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { accessFor } from "../http/server/access.ts";
import { createApp, type App } from "../http/server/create-app.ts";
import { createMetrics } from "../http/server/metrics.ts";
import type { ServerParts } from "../http/server/server-parts.ts";
import { openStore, type Store } from "../store/database.ts";

export interface TestServer {
  app: App;
  store: Store;
  engine: Engine;
  home: string;
  logged: Record<string, unknown>[];
  /** Sends a request to a path below `/api/v1`, or, if it begins with `//`, to any path. */
  ask(method: string, path: string, given?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  json?: unknown;
  yaml?: string;
  text?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // The test knows the content of an answer.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  response: Response;
}

/** The whole application over a real database and the real engine, whose agents are simulated. */
export async function aTestServer(given: Partial<ServerParts> = {}): Promise<TestServer> {
  const root = mkdtempSync(join(tmpdir(), "skillmeat-http-"));
  const home = join(root, "home");
  const workdir = join(root, "work");
  mkdirSync(home);
  mkdirSync(join(workdir, ".claude", "agents"), { recursive: true });
  writeFileSync(
    join(workdir, ".claude", "agents", "writer.md"),
    "---\nname: writer\ndescription: Writes\n---\nYou write.\n",
  );
  const store = openStore(join(home, "workflows.db"));
  const engine = await createEngine({ store, home, kind: "serve" });
  const logged: Record<string, unknown>[] = [];
  const options = {
    workdir,
    dispatcher: "simulated",
    script: null,
    sim_delay_ms: 0,
    env: {},
    context_modules: [],
  };
  const app = createApp({
    store,
    engine,
    home,
    userHome: root,
    options,
    roots: [workdir],
    dispatch: { default: "claude-code", agents: new Map() },
    user: "tester",
    engineEnabled: true,
    access: accessFor("127.0.0.1", null),
    metrics: createMetrics(store, engine),
    log: (entry) => logged.push({ ...entry }),
    ...given,
  });
  return {
    app,
    store,
    engine,
    home,
    logged,
    ask: (method, path, more) => ask(app, method, path, more),
    close: async () => {
      app.close();
      await engine.stop("stop");
      store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function ask(app: App, method: string, path: string, given: AskOptions = {}): Promise<Answer> {
  const url = `http://localhost${path.startsWith("//") ? path.slice(1) : `/api/v1${path}`}`;
  const headers = new Headers(given.headers);
  let body: string | undefined = given.text;
  if (given.json !== undefined) {
    body = JSON.stringify(given.json);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
  }
  if (given.yaml !== undefined) {
    body = given.yaml;
    headers.set("content-type", "application/yaml");
  }
  const request = new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const response = await app.handle(request);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const text = isStream ? "" : await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
    response,
  };
}
