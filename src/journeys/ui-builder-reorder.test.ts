import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { hasChromium, sites } from "./ui-browser.ts";
import { begin, changeBuilder, stageNames, textOf } from "./ui-builder-visit.ts";

const { site, visit } = sites();

/** What moves the card at a place: up by one, down by one. */
interface Way {
  name: string;
  up(page: Page, at: number): Promise<void>;
  down(page: Page, at: number): Promise<void>;
  /** The id of what has the focus after that. */
  focus: { up: RegExp; down: RegExp };
}

const ways: Way[] = [
  {
    name: "drag",
    up: (page, at) => drag(page, at, at - 1),
    down: (page, at) => drag(page, at, at + 1),
    focus: { up: /^handle-/, down: /^handle-/ },
  },
  {
    name: "buttons",
    up: (page, at) => cardAt(page, at).getByRole("button", { name: /up$/ }).click(),
    down: (page, at) => cardAt(page, at).getByRole("button", { name: /down$/ }).click(),
    focus: { up: /^up-/, down: /^down-/ },
  },
  {
    name: "Move to…",
    up: (page, at) => throughDialog(page, at, at - 1),
    down: (page, at) => throughDialog(page, at, at + 1),
    focus: { up: /^handle-/, down: /^handle-/ },
  },
  {
    name: "keys",
    // It is still held from the way down.
    up: (page) => page.keyboard.press("ArrowUp"),
    down: async (page, at) => {
      await cardAt(page, at).locator("[data-handle]").focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("ArrowDown");
    },
    focus: { up: /^handle-/, down: /^handle-/ },
  },
];

describe.skipIf(!hasChromium)("a stage is moved", () => {
  let page: Page;
  beforeAll(async () => {
    page = await visit(await site("builder-move", []), "/workflows/new");
    await begin(page, "Parallel implementation with gate");
  });
  afterAll(() => page.close());

  for (const { name, up, down, focus } of ways) {
    test(`by ${name}: the place is said, the focus stays with it, the file has the shown order`, async () => {
      const before = await stageNames(page);
      const [first = "", second = "", third = ""] = before;
      const count = before.length;

      await changeBuilder(page, () => down(page, 1));
      expect(await stageNames(page)).toEqual([first, third, second, ...before.slice(3)]);
      expect(await said(page)).toStartWith(`${second} is at place 3 of ${count} now, in step `);
      expect(await readFocus(page)).toEqual([2, expect.stringMatching(focus.down)]);
      expect(await namesInFile(page)).toEqual(await stageNames(page));

      await changeBuilder(page, () => up(page, 2));
      expect(await stageNames(page)).toEqual(before);
      expect(await said(page)).toStartWith(`${second} is at place 2 of ${count} now, in step `);
      expect(await readFocus(page)).toEqual([1, expect.stringMatching(focus.up)]);
      expect(await namesInFile(page)).toEqual(before);
    });
  }

  test("by keys all the way, faster than the server answers, and back by Escape", async () => {
    const before = await stageNames(page);
    await cardAt(page, 0).locator("[data-handle]").focus();
    await page.keyboard.press("Space");
    expect(await said(page)).toBe(`${before[0]} grabbed, place 1 of ${before.length}. Arrows move it`);
    for (let at = 1; at < before.length; at++) await page.keyboard.press("ArrowDown");
    await until("it is the last", async () => (await stageNames(page)).at(-1) === before[0]);
    await changeBuilder(page, () => page.keyboard.press("Escape"));
    expect(await stageNames(page)).toEqual(before);
    expect(await readFocus(page)).toEqual([0, expect.stringMatching(/^handle-/)]);
  });

  test("by no key that is pressed after it was let go with the mouse", async () => {
    const before = await stageNames(page);
    await cardAt(page, 0).locator("[data-handle]").focus();
    await page.keyboard.press("Space");
    await page.locator(".stage-card.is-grabbed").waitFor();
    await page.locator(".top").click({ position: { x: 300, y: 10 } });
    expect(await page.locator(".stage-card.is-grabbed").count()).toBe(0);
    await page.keyboard.press("ArrowDown");
    await changeBuilder(page, () => cardAt(page, 1).getByRole("button", { name: /up$/ }).click());
    expect(await stageNames(page)).toEqual([before[1] ?? "", before[0] ?? "", ...before.slice(2)]);
    await changeBuilder(page, () => page.locator("#undo-button").click());
  });

  test("by a button to the end of the way: the focus goes to the button that still does something", async () => {
    const before = await stageNames(page);
    await changeBuilder(page, () => cardAt(page, 1).getByRole("button", { name: /up$/ }).click());
    expect(await readFocus(page)).toEqual([0, expect.stringMatching(/^down-/)]);
    await changeBuilder(page, () => page.keyboard.press("Enter"));
    expect(await stageNames(page)).toEqual(before);
  });

  test("away: the next one has the focus, and the removal can be undone", async () => {
    const before = await stageNames(page);
    await cardAt(page, 1).getByRole("button", { name: /^More/ }).click();
    await changeBuilder(page, () => cardAt(page, 1).locator("[data-remove]").click());
    expect(await stageNames(page)).toEqual(before.toSpliced(1, 1));
    expect(await said(page)).toBe(`Removed ${before[1]}`);
    expect(await readFocus(page)).toEqual([1, expect.stringMatching(/^edit-/)]);
    await changeBuilder(page, () => page.locator("#undo-button").click());
    expect(await stageNames(page)).toEqual(before);
  });
});

function cardAt(page: Page, at: number) {
  return page.locator(`#flow-list > .stage-card[data-at="${at}"]`);
}

async function said(page: Page): Promise<string> {
  return (await page.locator("#say").textContent()) ?? "";
}

/** The place of the card with the focus, and the id of what has it. */
function readFocus(page: Page): Promise<[number, string]> {
  return page.evaluate(`[
    Number(document.activeElement.closest(".stage-card")?.dataset.at ?? -1),
    document.activeElement.id,
  ]`);
}

/** The names of the stages as they follow each other in the draft's text. */
async function namesInFile(page: Page): Promise<string[]> {
  const { stages } = Bun.YAML.parse(await textOf(page)) as { stages: { name: string }[] };
  return stages.map(({ name }) => name);
}

async function drag(page: Page, from: number, to: number): Promise<void> {
  const handle = cardAt(page, from).locator("[data-handle]");
  // A hover waits for the card to stand still: where it was first drawn, the hand would miss it.
  await handle.hover();
  const grip = await handle.boundingBox();
  const target = await cardAt(page, to).boundingBox();
  if (!grip || !target) throw new Error("a card is not on the page");
  await page.mouse.move(grip.x + 5, grip.y + 5);
  await page.mouse.down();
  // The list looks under the hand a few times a second: the hand goes on until the cards have made way.
  const [earlier, later] = from < to ? [to, from] : [from, to];
  const swapped = page.locator(
    `#flow-list > [data-at="${earlier}"]:not(.is-dragged) ~ [data-at="${later}"]:not(.is-dragged)`,
  );
  const isBeside = Math.abs(target.y - grip.y) < target.height / 2;
  const end = { x: target.x + (isBeside ? target.width / 2 : 60), y: target.y + target.height / 2 };
  for (let step = 0; step < 300 && (await swapped.count()) === 0; step++) {
    const part = Math.min(1.15, 0.3 + step / 100);
    await page.mouse.move(
      grip.x + 5 + (end.x - grip.x) * part + (step % 3),
      grip.y + 5 + (end.y - grip.y) * part,
    );
  }
  await page.mouse.up();
}

async function throughDialog(page: Page, from: number, to: number): Promise<void> {
  await cardAt(page, from).getByRole("button", { name: /^More/ }).click();
  await cardAt(page, from).getByRole("link", { name: "Move to…" }).click();
  await page.locator("#move-place").selectOption(String(to));
  await page.locator("#move-form").getByRole("button", { name: "Move" }).click();
}
