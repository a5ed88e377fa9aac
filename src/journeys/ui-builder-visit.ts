import type { Page } from "playwright-core";

/** Does something the builder takes: it has when its revision has moved on. */
export async function changeBuilder(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await page.locator("#builder-state").getAttribute("data-revision");
  await act();
  await page.locator(`#builder-state:not([data-revision="${before}"])`).waitFor({ state: "attached" });
}

/** From the page of new workflows into the builder. */
export async function begin(page: Page, template: string, scripts = true): Promise<void> {
  await page.locator(".beginning", { hasText: template }).getByRole("button").click();
  await page.waitForURL(/\/workflows\/new\/.+/);
  if (scripts) await page.locator("html.scripted").waitFor({ state: "attached" });
}

export async function openStage(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: `Edit ${name}`, exact: true }).click();
  await page.locator("#stage-editor:modal").waitFor();
}

export async function closeStage(page: Page): Promise<void> {
  await page.locator("#stage-editor").getByRole("link", { name: "Done" }).click();
  await page.locator("#stage-editor:modal").waitFor({ state: "hidden" });
}

/** The draft's text, as the server has it. */
export async function textOf(page: Page): Promise<string> {
  const url = `${page.url().split(/[?#]/)[0]}?tab=yaml`;
  const text = await (await page.context().request.get(url)).text();
  const [, escaped = ""] = /<textarea[^>]*\bid="yaml"[^>]*>\n([\s\S]*?)<\/textarea>/.exec(text) ?? [];
  const letters: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", "#x27": "'" };
  return escaped.replaceAll(/&(lt|gt|quot|amp|#x27);/g, (_, name: string) => letters[name] ?? "");
}

export function stageNames(page: Page): Promise<string[]> {
  return page
    .locator(".stage-card input.name")
    .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value));
}
