import { join } from "node:path";
import { readSource } from "../src/workflow/read-source.ts";
import { wideWorkflow } from "./edit.ts";
import { serveSkillmeat } from "./http-programs.ts";
import { compare, timeWork, timesRow, type Row } from "./measure.ts";

const rounds = 15;
const stages = 200;

/** The builder's forms from request to answer, including findings and plan, against parsing the text once. */
export async function measureBuilder(folder: string): Promise<Row[]> {
  const text = wideWorkflow(stages);
  const server = await serveSkillmeat(join(folder, "home"));
  try {
    const created = await fetch(`${server.url}/api/v1/workflows`, {
      method: "POST",
      headers: { "content-type": "application/yaml" },
      body: text,
    });
    if (created.status !== 201) throw new Error(await created.text());
    const { slug } = (await created.json()) as { slug: string };
    let revision = 0;
    const send = async (action: string, form: Record<string, string>): Promise<void> => {
      const answer = await fetch(`${server.url}/workflows/${slug}/edit/${action}`, {
        method: "POST",
        headers: { "hx-request": "true", "x-builder-revision": String(revision) },
        body: new URLSearchParams(form),
      });
      const page = await answer.text();
      if (answer.status !== 200) throw new Error(page);
      revision = Number(/data-revision="(\d+)"/.exec(page)?.[1]);
    };
    const limit = (): Promise<number> => timeWork(() => readSource(text));
    const row = async (what: string, figure: () => Promise<number>): Promise<Row> =>
      timesRow(`${what}, ${stages} stages, over HTTP`, await compare(rounds, { figure, limit }), {
        limitIs: "parsing once",
        most: 5,
      });
    let count = 0;
    return [
      await row("a field by the form", () =>
        timeWork(() =>
          send("stage", { stage: "stage-150", revision: String(revision), name: `Name ${count++}` }),
        ),
      ),
      await row("a stage moved by its button", () =>
        timeWork(() => send("move", { stage: "stage-100", by: count++ % 2 === 0 ? "1" : "-1" })),
      ),
    ];
  } finally {
    await server.stop();
  }
}
