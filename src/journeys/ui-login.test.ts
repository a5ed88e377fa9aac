import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, lone, shot, sites, type Site } from "./ui-browser.ts";
import { openLiveDatabase } from "../testing/open-live-database.ts";

const { site, visit } = sites();
/** What journeys set so that their servers ask for nothing is taken back. */
const guarded = { SKILLMEAT_NO_TOKEN: "" };

function aGuardedSite(name: string): Promise<Site> {
  return site(name, [], [], guarded);
}

/** The link that the server prints; its path. */
function linkOf({ server }: Site): Promise<string> {
  return until("a link is printed", () => /(\/login\?t=\S+)$/m.exec(server.stdout)?.[1]);
}

/** Another link, as `skillmeat open` prints it; its path. */
async function anotherLink({ journey }: Site): Promise<string> {
  const { stdout } = await journey.run(["open"], { env: guarded });
  return stdout.trim().replace(/^https?:\/\/[^/]+/, "");
}

function tokenOf({ journey }: Site): string {
  return journey.read("home/serve.token").trim();
}

async function session(page: Page) {
  return (await page.context().cookies()).find(({ name }) => name.startsWith("skillmeat_session"));
}

describe.skipIf(!hasChromium)("the login", () => {
  test("by the printed link leads to the pages once; its cookie no script can read", async () => {
    const place = await aGuardedSite("login-link");
    const page = await visit(place, await linkOf(place));
    await page.waitForURL(/\/workflows$/);
    expect(await session(page)).toMatchObject({
      name: `skillmeat_session_${new URL(place.url).port}`,
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
    });
    expect(await page.evaluate("document.cookie")).not.toContain("skillmeat_session");
    const before = (await session(page))?.value;
    await page.goto(`${place.url}${await linkOf(place)}`);
    await page.waitForURL(/\/workflows$/);
    expect((await session(page))?.value).toBe(before ?? "");

    const other = await visit(place, await linkOf(place), { width: 320 });
    await other.waitForURL(/\/login\?stale=1&to=%2F$/);
    expect(await other.getByRole("alert").innerText()).toContain("was used already");
    expect([await session(other), await goesSideways(other), await axeFindings(other)]).toEqual([
      undefined,
      false,
      [],
    ]);
    await shot(other, "login-stale-320");
  });

  test("by a link that is too old is refused, and says how to get another one", async () => {
    const place = await aGuardedSite("login-late");
    const link = await linkOf(place);
    const database = openLiveDatabase(join(place.journey.home, "workflows.db"));
    database.run("UPDATE login_links SET expires_at = '2020-01-01T00:00:00.000Z'");
    database.close();
    const page = await visit(place, link, { theme: "dark" });
    await page.waitForURL(/stale=1/);
    expect(await page.getByText("skillmeat open").isVisible()).toBe(true);
    await shot(page, "login-stale-dark");
  });

  test.each([true, false])(
    "by the token, with scripts %p: a wrong one is told, the right one leads back",
    async (scripts) => {
      const place = await aGuardedSite("login-token");
      const page = await visit(place, "/settings?from=here", { width: 320, scripts });
      await page.waitForURL(/\/login\?to=/);
      await page.getByLabel("Token").fill("surely not the token");
      await page.getByRole("button", { name: "Log in" }).click();
      expect(await page.getByRole("alert").innerText()).toBe("The token is not this server's.");
      expect(await page.getByLabel("Token").inputValue()).toBe("");
      expect(page.url()).not.toContain("surely");
      if (scripts) expect(await axeFindings(page)).toEqual([]);
      expect(scripts && (await goesSideways(page))).toBe(false);
      await shot(page, `login-wrong-320-${scripts ? "scripts" : "plain"}`);
      await page.getByLabel("Token").fill(tokenOf(place));
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/settings\?from=here$/);
      await page.getByRole("button", { name: "Log out" }).click();
      await page.waitForURL(/\/login$/);
      await page.goto(`${place.url}/workflows`);
      await page.waitForURL(/\/login\?to=%2Fworkflows$/);
    },
  );

  test("that ends in one tab ends in the other too, whose stream says so at once", async () => {
    const place = await aGuardedSite("login-tabs");
    const page = await visit(place, await linkOf(place));
    await page.waitForURL(/\/workflows$/);
    const other = await page.context().newPage();
    await other.goto(`${place.url}/workflows/executions`);
    await other.locator('html[data-live="on"]').waitFor();
    await page.goto(`${place.url}/settings`);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForURL(/\/login$/);
    await other.waitForURL(/\/login\?to=%2Fworkflows%2Fexecutions$/);
    await other.goto(`${place.url}${await anotherLink(place)}&to=/approvals`);
    await other.waitForURL(/\/approvals$/);
    await page.goBack();
    await page.waitForURL(/\/settings$/);
  });

  test("is listed in the settings, where one that was left somewhere is ended", async () => {
    const place = await aGuardedSite("login-list");
    const here = await visit(place, await linkOf(place), { width: 320 });
    const elsewhere = await visit(place, await anotherLink(place));
    const third = await visit(place, await anotherLink(place), { scripts: false });
    await elsewhere.waitForURL(/\/workflows$/);
    await third.waitForURL(/\/workflows$/);
    await here.goto(`${place.url}/settings#logins`);
    const list = here.getByRole("region", { name: "Logged in" });
    expect(await list.getByRole("listitem").count()).toBe(3);
    expect(await list.getByText(", this one").count()).toBe(1);
    expect([await goesSideways(here), await axeFindings(here)]).toEqual([false, []]);
    await list.scrollIntoViewIfNeeded();
    await shot(here, "logins-320");
    await list.getByRole("button", { name: "End all others" }).click();
    await here.waitForURL(/\/settings#logins$/);
    expect(await list.getByRole("listitem").count()).toBe(1);
    await elsewhere.waitForURL(/\/login\?to=%2Fworkflows$/);
    await third.goto(`${place.url}/settings`);
    await third.waitForURL(/\/login\?to=%2Fsettings$/);

    await third.goto(`${place.url}${await anotherLink(place)}&to=/settings`);
    const plain = third.getByRole("region", { name: "Logged in" });
    await plain.getByRole("button", { name: "End the login of Chrome" }).click();
    await third.waitForURL(/\/settings#logins$/);
    expect(await plain.getByRole("listitem").count()).toBe(1);
    await here.waitForURL(/\/login\?to=/);
  });

  test("that has ended leads a page's own script to the login, and back to the page", async () => {
    const place = await aGuardedSite("login-script");
    const file = place.journey.write("lone.yaml", lone);
    expect((await place.journey.run(["workflow", "create", file])).code).toBe(0);
    const page = await visit(place, await linkOf(place));
    await page.goto(`${place.url}/workflows/lone/run`);
    // A page without its stream learns of it by what it asks for next.
    await page.evaluate("document.getElementById('stream')?.remove()");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/\/login\?to=%2Fworkflows%2Flone%2Frun$/);
    await page.getByLabel("Token").fill(tokenOf(place));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/workflows\/lone\/run$/);
  });

  test("in light and dark, wide and narrow, has nothing to complain of", async () => {
    const place = await aGuardedSite("login-looks");
    for (const theme of ["light", "dark"] as const) {
      for (const width of [320, 1280]) {
        const page = await visit(place, "/login", { width, theme });
        expect([theme, width, await goesSideways(page), await axeFindings(page)]).toEqual([
          theme,
          width,
          false,
          [],
        ]);
        await shot(page, `login-${width}-${theme}`);
        await page.goto(`${place.url}${await anotherLink(place)}&to=/settings`);
        await page.getByRole("region", { name: "Logged in" }).scrollIntoViewIfNeeded();
        expect([theme, width, await goesSideways(page), await axeFindings(page)]).toEqual([
          theme,
          width,
          false,
          [],
        ]);
        await shot(page, `logins-${width}-${theme}`);
      }
    }
  });
});
