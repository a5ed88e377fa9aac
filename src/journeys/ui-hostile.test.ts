import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { hasChromium, lone, sites } from "./ui-browser.ts";

const { site, visit } = sites();

const evil = `"><script>window.pwned=1</script><img src=x onerror=window.pwned=1>'&\u202e`;
const quoted = JSON.stringify(evil);
const definition = `workflow: { id: evil, name: ${quoted}, description: ${quoted}, tags: [${quoted}], version: 1.0.0, author: ${quoted} }
config:
  parameters:
    text: { type: string, default: ${quoted}, description: ${quoted} }
    pick: { type: string, enum: [${quoted}, other], default: ${quoted} }
stages:
  - id: say
    name: ${quoted}
    description: ${quoted}
    roles: { primary: { artifact: agent:evil, instructions: ${quoted} } }
    inputs: { text: { type: string, source: "\${{ parameters.text }}" } }
    outputs: { said: { type: string } }
  - id: ask
    name: ${quoted}
    type: gate
    depends_on: [say]
    gate: { message: ${quoted}, approvers: [${quoted}] }
`;
const script = `#!/bin/sh
printf '%s\\n' "$SKILLMEAT_INPUT" '${evil.replaceAll("'", String.raw`'\''`)}'
printf '\\033]0;title\\007\\033[31m%s\\033[0m\\r%s\\n' 'draft' '</div></div><script>window.pwned=1</script>'
printf '{"said": %s}' '${quoted.replaceAll("'", String.raw`'\''`)}' >"$SKILLMEAT_OUTPUT"
`;

describe.skipIf(!hasChromium)("hostile text", () => {
  test("in names, parameters, logs, outputs and YAML is shown on every page as the text it is", async () => {
    const place = await site("hostile", [lone]);
    const { journey } = place;
    journey.write(
      ".claude/agents/evil.md",
      `---\nname: evil\ndescription: ${quoted}\ndispatcher: command\ncommand: ["./evil.sh"]\n---\n${evil}\n`,
    );
    journey.write(".claude/agents/evil.sh", script);
    const { code, stderr } = await journey.run([
      "workflow",
      "create",
      journey.write("evil.yaml", definition),
    ]);
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    const runId = await place.start("evil");
    await until("its gate waits", async () => (await place.execution(runId)).waiting_gates.length > 0);
    const run = `/workflows/evil/executions/${runId}`;
    const text = encodeURIComponent(evil);
    const parts = ["", "/settings", "/history?from=1&to=1", "/executions", "/edit", "/run", "/delete"];
    const tabs = ["log", "output", "input", "context", "files", "yaml"];
    const paths = [
      "/workflows",
      "/workflows?view=list",
      `/workflows?search=${text}`,
      `${run}?view=graph`,
      `${run}?stage=say&search=${text}`,
      `${run}?stage=${text}`,
      "/workflows/executions",
      `/workflows/executions?search=${text}`,
      "/approvals",
      "/agents",
      `/find?q=${text}`,
      "/find",
      `/${text}`,
    ].concat(
      parts.map((part) => `/workflows/evil${part}`),
      tabs.map((tab) => `${run}?stage=say&tab=${tab}`),
    );
    const page = await visit(place, "/workflows");
    for (const path of paths) {
      await page.goto(place.url + path);
      const found = await page.evaluate(
        '[path, window.pwned === undefined, document.querySelectorAll("img, script:not([src])").length]'.replace(
          "path",
          JSON.stringify(path),
        ),
      );
      expect(found).toEqual([path, true, 0]);
    }
    await page.goto(`${place.url}${run}?stage=say`);
    const lines = await page.locator(".ln > span").allInnerTexts();
    expect(lines).toContain(evil);
    expect(lines).toContain("</div></div><script>window.pwned=1</script>");
    await page.goto(`${place.url}${run}?stage=say&tab=output`);
    expect(await page.locator("#stage-body pre").first().textContent()).toBe(evil);
    await page.goto(`${place.url}/workflows/evil/run`);
    expect(await page.locator("#p-text").inputValue()).toBe(evil);
  });
});
