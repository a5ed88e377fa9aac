import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { doCheckJob, type CheckJob } from "./check-job.ts";
import { checkText } from "./check-text.ts";

const stages = (count: number): string =>
  Array.from({ length: count }, (_, at) => `  - {id: s${at}, roles: {primary: agent:nobody}}\n`).join("");
const job = (text: string, more: Partial<CheckJob> = {}): CheckJob => ({
  text,
  file: "WORKFLOW.yaml",
  isStrict: false,
  surroundings: null,
  overridesOf: null,
  ...more,
});
const large = `workflow: {id: w, name: W}\nstages:\n${stages(400)}`;

test("a large definition is checked in another thread, with the same result", async () => {
  const surroundings = { beside: "/nowhere", workdir: "/nowhere", home: "/nowhere", userHome: "/nowhere" };
  for (const each of [
    job(large),
    job(large, { surroundings, isStrict: true }),
    job(large.replace("id: s7,", "id: s8,")),
    job(`${large}x-a: "open`),
  ]) {
    expect(await checkText(each)).toEqual(doCheckJob(each));
  }
});

test("several at once each get their own answer", async () => {
  const ids = ["a", "b", "c", "d"];
  const texts = ids.map((id) => large.replace("id: w", `id: ${id}`));
  const checked = await Promise.all(texts.map((text) => checkText(job(text))));
  expect(checked.map(({ id }) => id)).toEqual(ids);
});

test("overrides that cannot be read are the user's trouble, in whatever thread", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-check-"));
  writeFileSync(join(folder, ".skillmeat-workflow-overrides.yaml"), "overrides: [");
  try {
    const failed = await checkText(job(large, { overridesOf: folder })).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AppError);
    expect(failed).toMatchObject({
      code: "invalid_usage",
      message: expect.stringContaining("overrides file"),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
