import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serveSkillmeat } from "./http-programs.ts";
import type { Row } from "./measure.ts";

const rounds = 5;
const stages = 2000;
const mostMs = 50;

/** How long one request with the worst accepted definition makes all others wait. */
export async function measureHold(folder: string): Promise<Row[]> {
  const server = await serveSkillmeat(join(folder, "home"));
  const api = `${server.url}/api/v1`;
  try {
    await fetch(`${api}/health`);
    const made = await createWorkflow(api, worstDefinition(0));
    const builder = `${server.url}/workflows/${made}/edit`;
    const rows: Row[] = [];
    const acts: Record<string, (round: number) => Promise<Response>> = {
      validate: (round) => send(`${api}/workflows/validate`, { definition: worstDefinition(round) }),
      plan: () => send(`${api}/workflows/${made}/plan`, {}),
      create: (round) => sendText(`${api}/workflows`, worstDefinition(round + 1)),
      "page of the builder": () => fetch(builder),
      "change in the builder": (round) => sendChange(builder, round),
      "change of the text in the builder": (round) => changeText(builder, round),
    };
    for (const [name, act] of Object.entries(acts))
      rows.push(row(name, await longestWait({ pid: server.pid, api }, act)));
    return rows;
  } finally {
    await server.stop();
  }
}

/**
 * The median over the rounds of the longest health check, in ms. It counts the time for which the server's loop has
 * worked until then, without the time for which a busy machine kept it from working.
 */
async function longestWait(
  { pid, api }: { pid: number; api: string },
  act: (round: number) => Promise<Response>,
): Promise<number> {
  const seen: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const done = new AbortController();
    const acting = act(round).finally(() => done.abort());
    let longest = 0;
    while (!done.signal.aborted) {
      const before = workedMs(pid);
      await (await fetch(`${api}/health`)).text();
      longest = Math.max(longest, workedMs(pid) - before);
    }
    const answer = await acting;
    const said = await answer.text();
    if (!answer.ok) throw new Error(said.slice(0, 500));
    // The first round only warms up.
    if (round > 0) seen.push(longest);
  }
  return seen.toSorted((a, b) => a - b)[Math.floor(seen.length / 2)] ?? 0;
}

/** The processor time of a process's first thread, which runs the loop. */
function workedMs(pid: number): number {
  const [nanoseconds = "0"] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
  return Number(nanoseconds) / 1e6;
}

/** The maximum number of stages, nearly 1 MiB of text. */
function worstDefinition(number: number): string {
  const words = "x".repeat(380);
  const head = `workflow: { id: worst-${number}, name: Worst ${number} }\nstages:\n`;
  const each = Array.from({ length: stages }, (_, at) => {
    const before = at === 0 ? "" : `    depends_on: [s${at - 1}]\n`;
    return `  - id: s${at}\n    name: Stage ${at}\n    description: ${words}\n${before}    roles: { primary: agent:x }\n`;
  });
  return head + each.join("");
}

async function createWorkflow(api: string, text: string): Promise<string> {
  const answer = await sendText(`${api}/workflows`, text);
  if (answer.status !== 201) throw new Error((await answer.text()).slice(0, 500));
  return ((await answer.json()) as { slug: string }).slug;
}

/** Renames the first stage, with the request that the page's script sends. */
function sendChange(builder: string, round: number): Promise<Response> {
  return sendForm(`${builder}/stage`, round, { stage: "s0", name: `Name ${round}` });
}

function changeText(builder: string, round: number): Promise<Response> {
  return sendForm(`${builder}/text`, rounds + 1 + round, {
    text: worstDefinition(0).replace("Stage 1", `Step ${round}`),
  });
}

function sendForm(url: string, revision: number, fields: Record<string, string>): Promise<Response> {
  const headers = { "hx-request": "true", "x-builder-revision": String(revision) };
  const body = new URLSearchParams({ revision: String(revision), ...fields });
  return fetch(url, { method: "POST", headers, body });
}

function sendText(url: string, body: string): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/yaml" }, body });
}

function send(url: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

function row(what: string, ms: number): Row {
  return {
    what: `the longest answer to others during a ${what} of ${stages} stages, nearly 1 MiB`,
    figure: `${ms.toFixed(0)} ms`,
    limit: "none",
    ratio: "",
    budget: `≤ ${mostMs} ms`,
    holds: ms <= mostMs,
  };
}
