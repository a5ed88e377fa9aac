import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, type Site, type Visit } from "./ui-browser.ts";

const { site, visit } = sites();

/** Each stage costs two dollars, which is all that the run may spend. */
const dear = `workflow: { id: dear, name: Dear work }
config: { budget: { usd: 2 } }
stages:
  - { id: first, roles: { primary: agent:spender } }
  - { id: second, depends_on: [first], roles: { primary: agent:spender } }
`;

async function outOfBudget(name: string): Promise<{ place: Site; path: string }> {
  const place = await site(name, []);
  place.journey.write(
    ".claude/agents/spender.md",
    '---\nname: spender\ndescription: Spends\ndispatcher: command\ncommand: ["./spender.sh"]\n---\nSpend.\n',
  );
  place.journey.write(
    ".claude/agents/spender.sh",
    `#!/bin/sh\necho '{"input": 9, "output": 1, "cost_usd": 2}' >"$SKILLMEAT_USAGE"\n`,
  );
  await place.journey.run(["workflow", "create", place.journey.write("dear.yaml", dear)]);
  return { place, path: `/workflows/dear/executions/${await place.start("dear")}` };
}

const field = (page: Page) => page.getByLabel("Dollars in all");
const button = (page: Page) => page.getByRole("button", { name: "Raise and resume", exact: true });

/** Gives the run this budget, and lets it go on. */
const ways: [name: string, how: Visit, raise: (page: Page, usd: string) => Promise<void>][] = [
  [
    "mouse",
    {},
    async (page, usd) => {
      await field(page).fill(usd);
      await button(page).click();
    },
  ],
  [
    "keyboard",
    { theme: "dark" },
    async (page, usd) => {
      const isThere = await field(page).evaluate((each) => each.matches(":focus"));
      await page.keyboard.press(isThere ? "Control+a" : "b");
      await page.keyboard.type(usd);
      await page.keyboard.press("Enter");
    },
  ],
  [
    "phone",
    { width: 390 },
    async (page, usd) => {
      // There, messages of failures lie over the page until they are put away.
      for (const toast of await page.locator(".toast [data-dismiss]").all()) await toast.tap();
      await field(page).fill(usd);
      await button(page).tap();
    },
  ],
  [
    "scripts off",
    { scripts: false },
    async (page, usd) => {
      await field(page).fill(usd);
      await Promise.all([page.waitForEvent("load"), button(page).click()]);
    },
  ],
];

describe.skipIf(!hasChromium)("a run that has used its budget up", () => {
  test.each(ways)("says so, and goes on when it is raised: %s", async (name, how, raise) => {
    const { place, path } = await outOfBudget(`budget-${name.replace(" ", "-")}`);
    const page = await visit(place, path, how);
    const stands = (state: string): Promise<unknown> =>
      until(`it says ${state}`, async () => {
        if (how.scripts === false) await page.reload();
        return (await page.locator("#run-head .badge", { hasText: state }).count()) > 0;
      });
    await stands("Paused: budget");
    expect(await page.locator("#run-raise").innerText()).toContain("The budget is used up: $2.00 of $2.00.");
    expect(await field(page).inputValue()).toBe("4");
    expect(await page.getByRole("button", { name: "Resume", exact: true }).count()).toBe(0);
    expect(await goesSideways(page)).toBe(false);
    if (how.scripts !== false) expect(await axeFindings(page)).toEqual([]);
    await shot(page, `budget-${name}`);
    await raise(page, "1");
    await page.locator(".toast.failed", { hasText: "is used up: $2.00 of $1.00" }).waitFor();
    await stands("Paused: budget");
    await raise(page, "a lot");
    await page.locator(".toast.failed", { hasText: "must be dollars, more than 0" }).waitFor();
    await raise(page, "10.5");
    await stands("Completed");
    expect(await page.locator("#run-raise").count()).toBe(0);
    expect(await page.locator("#run-head .budget").innerText()).toContain("38 % of $10.50");
    await page.close();
  });
});
