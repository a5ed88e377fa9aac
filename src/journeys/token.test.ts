import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { journeys, executable, type Journey, type RunningProcess } from "../testing/journey.ts";
import { openTerminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";

const begin = journeys();
const gate = `workflow: { id: held, name: Held }
stages: [{ id: ask, name: Ask, type: gate, gate: { kind: manual_approval } }]
`;
/** What journeys set so that their servers ask for nothing is taken back here. */
const guarded = { SKILLMEAT_NO_TOKEN: "" };

interface Served {
  process: RunningProcess;
  url: string;
}

async function serve(
  journey: Journey,
  more: readonly string[] = [],
  env: Record<string, string> = guarded,
): Promise<Served> {
  const process = journey.start(["serve", "--port", "0", "--dispatcher", "simulated", ...more], { env });
  const url = await until("the server listens", () => /^listening on (\S+)$/m.exec(process.stdout)?.[1]);
  return { process, url };
}

async function stopServer({ process }: Served): Promise<void> {
  process.kill("SIGTERM");
  expect((await process.ended).code).toBe(0);
}

function linkOf({ process }: Served): Promise<string> {
  return until("a link is printed", () => /(\S+\/login\?t=\S+)$/m.exec(process.stdout)?.[1]);
}

function workflows(url: string, headers: Record<string, string> = {}): Promise<number> {
  return fetch(`${url}/api/v1/workflows`, { headers }).then(({ status }) => status);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function cookieFrom(link: string): Promise<string | null> {
  const { headers } = await fetch(link, { redirect: "manual" });
  return headers.get("set-cookie")?.split(";")[0] ?? null;
}

describe("a server on the loopback", () => {
  test("asks for the token that its first start has made; `token` prints it, and its link logs in once", async () => {
    const journey = begin("token-first");
    expect((await journey.run(["token"], { env: guarded })).code).toBe(3);
    const server = await serve(journey);
    const token = journey.read("home/serve.token").trim();
    expect(statSync(join(journey.home, "serve.token")).mode & 0o777).toBe(0o600);
    expect(await journey.run(["token"], { env: guarded })).toMatchObject({ code: 0, stdout: `${token}\n` });
    expect([await workflows(server.url), await workflows(server.url, bearer(token))]).toEqual([401, 200]);
    expect(await workflows(server.url, bearer(`${token}x`))).toBe(401);
    const link = await linkOf(server);
    expect(link).toStartWith(`${server.url}/login?t=`);
    const cookie = (await cookieFrom(link)) ?? "";
    expect([await workflows(server.url, { cookie }), await cookieFrom(link)]).toEqual([200, null]);
    const stream = await fetch(`${server.url}/api/v1/events/stream`);
    expect([stream.status, (await fetch(`${server.url}/metrics`)).status]).toEqual([401, 401]);
    for (const path of ["health", "ready"])
      expect((await fetch(`${server.url}/api/v1/${path}`)).status).toBe(200);
    await stopServer(server);
    const again = await serve(journey);
    expect(await workflows(again.url, bearer(token))).toBe(200);
    // Another port: the browser's cookie has another name, the session is the same.
    const port = new URL(again.url).port;
    const moved = cookie.replace(/_\d+=/, `_${port}=`);
    expect(await workflows(again.url, { cookie: moved })).toBe(200);
    await stopServer(again);
    unlinkSync(join(journey.home, "serve.token"));
    const renewed = await serve(journey);
    const renamed = cookie.replace(/_\d+=/, `_${new URL(renewed.url).port}=`);
    expect(await workflows(renewed.url, { cookie: renamed })).toBe(401);
    expect(await workflows(renewed.url, bearer(token))).toBe(401);
    await stopServer(renewed);
  });

  test("and another one that starts at the same moment share the token of their home", async () => {
    const journey = begin("token-twice");
    const both = [1, 2, 3, 4].map(() => journey.start(["serve", "--port", "0"], { env: guarded }));
    const first = await until("one of them listens", () =>
      both.find(({ stdout }) => stdout.includes("/login?t=")),
    );
    const rest = await Promise.all(both.filter((each) => each !== first).map(({ ended }) => ended));
    for (const { code, stderr } of rest)
      expect([code, stderr]).toEqual([5, expect.stringContaining("another server runs for this home")]);
    const url = /^listening on (\S+)$/m.exec(first.stdout)?.[1] ?? "";
    expect(await workflows(url, bearer(journey.read("home/serve.token").trim()))).toBe(200);
    await stopServer({ process: first, url });
  });

  test("`open` prints another link, also for a server whose token is not the home's", async () => {
    const journey = begin("token-open");
    const none = await journey.run(["open"], { env: guarded });
    expect([none.code, none.stderr]).toEqual([5, expect.stringContaining("skillmeat serve --open")]);
    const server = await serve(journey, [], { SKILLMEAT_TOKEN: "a token of the environment" });
    const { code, stdout } = await journey.run(["open"], { env: guarded });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^http:\S+\/login\?t=\S+\n$/)]);
    const cookie = (await cookieFrom(stdout.trim())) ?? "";
    expect(await workflows(server.url, { cookie })).toBe(200);
    expect((await journey.run(["token"], { env: guarded })).code).toBe(3);
    const known = { ...guarded, SKILLMEAT_TOKEN: "a token of the environment" };
    expect((await journey.run(["token"], { env: known })).stdout).toBe("a token of the environment\n");
    await stopServer(server);
  });

  test("`open` on a terminal gives the browser a file that only its owner can read", async () => {
    const journey = begin("token-browser");
    const server = await serve(journey);
    journey.write("bin/xdg-open", `#!/bin/sh\necho "$@" >"$HOME/opened"\n`);
    const path = `${journey.folder}/bin:${process.env["PATH"]}`;
    const settings = [`PATH=${path}`, "DISPLAY=:0", "SKILLMEAT_NO_TOKEN="];
    const terminal = openTerminal(journey, ["env", ...settings, executable, "open"]);
    expect((await terminal.ended).code).toBe(0);
    const [opened] = await until("the browser is opened", () => {
      const lines = journey.lines("opened");
      return lines.length > 0 ? lines : undefined;
    });
    expect(opened).toBe(`file://${journey.home}/open.html`);
    expect(statSync(join(journey.home, "open.html")).mode & 0o777).toBe(0o600);
    const link = /url=([^"]+)"/.exec(journey.read("home/open.html"))?.[1] ?? "";
    expect(terminal.shown()).toContain(link);
    expect(await cookieFrom(link)).toContain("skillmeat_session");
    await stopServer(server);
  });

  test("has its token from a file, and refuses one that others can read", async () => {
    const journey = begin("token-file");
    const file = journey.write("my.token", "0123456789abcdef\n");
    const open = await journey.run(["serve", "--port", "0", "--token-file", "my.token"], { env: guarded });
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining(`chmod 600 "${file}"`)]);
    chmodSync(file, 0o600);
    const server = await serve(journey, ["--token-file", "my.token"], { SKILLMEAT_NO_TOKEN: "1" });
    expect([await workflows(server.url), await workflows(server.url, bearer("0123456789abcdef"))]).toEqual([
      401, 200,
    ]);
    expect((await journey.run(["token"], { env: guarded })).stdout).toBe("0123456789abcdef\n");
    await stopServer(server);
    expect(() => statSync(join(journey.home, "serve.token"))).toThrow();
    const missing = await journey.run(["serve", "--token-file", "nowhere"], { env: guarded });
    expect(missing.code).toBe(3);
  });

  test("does not start when somebody else may know the home's token", async () => {
    const journey = begin("token-known");
    const file = journey.write("home/serve.token", "0123456789abcdef0123456789abcdef\n");
    const open = await journey.run(["serve", "--port", "0"], { env: guarded });
    expect([open.code, open.stderr]).toEqual([
      5,
      expect.stringContaining("delete it, and the next start makes a new one"),
    ]);
    unlinkSync(file);
    symlinkSync(journey.write("elsewhere", "0123456789abcdef"), file);
    const linked = await journey.run(["serve", "--port", "0"], { env: guarded });
    expect([linked.code, linked.stderr]).toEqual([5, expect.stringContaining("symbolic link")]);
    expect((await journey.run(["token"], { env: guarded })).code).toBe(5);
  });

  test("asks for nothing with --no-token, and says what that opens", async () => {
    const journey = begin("token-none");
    const server = await serve(journey, ["--no-token"]);
    expect(await workflows(server.url)).toBe(200);
    expect(server.process.stderr).toContain(
      "every process and every user of this machine may run programs as you",
    );
    expect(server.process.stdout).not.toContain("/login");
    expect((await journey.run(["open"], { env: guarded })).stdout).toBe(`${server.url}\n`);
    await stopServer(server);
  });
});

describe("the command line", () => {
  test("takes no token itself, and says what to do instead without repeating it", async () => {
    const journey = begin("token-argument");
    for (const given of [["--token", "0123456789abcdef"], ["--token=0123456789abcdef"]]) {
      const { code, stderr } = await journey.run(["serve", ...given], { env: guarded });
      expect([code, stderr]).toEqual([2, expect.stringContaining("--token-file")]);
      expect(stderr).not.toContain("0123456789abcdef");
    }
    expect((await journey.run(["serve", "--help"])).stdout).not.toContain("--token <");
  });

  test("lets nobody in without a token where others can reach the server", async () => {
    const journey = begin("token-open-bind");
    const all = ["serve", "--port", "0", "--host", "0.0.0.0"];
    const flag = await journey.run([...all, "--no-token"], { env: guarded });
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining("only on a loopback address")]);
    const variable = await journey.run(all, { env: { SKILLMEAT_NO_TOKEN: "1" } });
    expect([variable.code, variable.stderr]).toEqual([2, expect.stringContaining("SKILLMEAT_NO_TOKEN")]);
    const short = await journey.run(all, { env: { SKILLMEAT_TOKEN: "short" } });
    expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("too short")]);
    const both = await journey.run([...all, "--no-token", "--token-file", "x"], { env: guarded });
    expect(both.code).toBe(2);
    const server = await serve(journey, ["--host", "0.0.0.0"]);
    const port = new URL(server.url).port;
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address, family } of own.filter((each) => each.family === "IPv4" && !each.internal)) {
      expect([family, await workflows(`http://${address}:${port}`)]).toEqual(["IPv4", 401]);
    }
    await stopServer(server);
  });

  test("refuses an agent what is a person's: gates, tokens, links, servers", async () => {
    const journey = begin("token-agent");
    const file = journey.write("WORKFLOW.yaml", gate);
    const started = await journey.run(["workflow", "run", file, "--dispatcher", "simulated", "--detach"]);
    const runId = started.stdout.trim();
    await until("the gate waits", async () =>
      (await journey.execution(runId)).waiting_gates.length > 0 ? true : undefined,
    );
    const env = { ...guarded, SKILLMEAT_ATTEMPT_ID: `${runId}/work/1` };
    for (const words of [
      ["workflow", "approve", runId, "-y"],
      ["workflow", "reject", runId, "-y"],
      ["token"],
      ["open"],
      ["serve", "--port", "0"],
    ]) {
      const { code, stdout, stderr } = await journey.run(words, { env });
      expect([words, code, stdout, stderr]).toEqual([
        words,
        1,
        "",
        expect.stringContaining("an agent may not"),
      ]);
    }
    expect((await journey.execution(runId)).waiting_gates).toHaveLength(1);
    expect((await journey.run(["workflow", "runs", runId], { env })).code).toBe(0);
    expect((await journey.run(["workflow", "cancel", runId, "-y"], { env })).code).toBe(0);
  });
});

test("an agent of a guarded server has nothing in its environment that opens the server", async () => {
  const journey = begin("token-env");
  journey.write(
    ".claude/agents/teller.md",
    "---\nname: teller\ndescription: Tells\ndispatcher: command\ncommand: ['./tell.sh']\n---\n",
  );
  journey.write(".claude/agents/tell.sh", '#!/bin/sh\nenv >"$SKILLMEAT_WORKDIR/told"\n');
  const token = "a token of the environment";
  const definition = `workflow: { id: tell, name: Tell }
config: { env: { SKILLMEAT_TOKEN: mine, SKILLMEAT_NO_TOKEN: "1" } }
stages: [{ id: a, name: A, roles: { primary: agent:teller } }]
`;
  const process = journey.start(["serve", "--port", "0"], { env: { SKILLMEAT_TOKEN: token } });
  const url = await until("the server listens", () => /^listening on (\S+)$/m.exec(process.stdout)?.[1]);
  const post = (path: string, body: unknown) =>
    fetch(`${url}/api/v1${path}`, {
      method: "POST",
      headers: { ...bearer(token), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await post("/workflows", { definition })).status).toBe(201);
  expect((await post("/workflows/tell/run", {})).status).toBe(202);
  const told = await until("the agent has told", () => journey.read("told") || undefined);
  expect(told).toContain("SKILLMEAT_ATTEMPT_ID=");
  expect(told).not.toMatch(/TOKEN/);
  await stopServer({ process, url });
  for (const file of ["home/serve.json", "home/logs/skillmeat.jsonl"])
    expect([file, readFileSync(join(journey.folder, file), { flag: "a+" }).includes(token)]).toEqual([
      file,
      false,
    ]);
  expect(`${process.stdout}${process.stderr}`).not.toContain(token);
});
