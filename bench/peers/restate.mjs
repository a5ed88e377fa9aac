/** Reads a number on each line of stdin, runs that many handlers of three `true` at once, and prints the milliseconds. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as restate from "@restatedev/restate-sdk";
import { spawnTrue } from "./spawn-true.mjs";

const chain = restate.service({
  name: "chain",
  handlers: {
    run: async (context) => {
      for (const step of ["first", "second", "third"]) await context.run(step, spawnTrue);
    },
  },
});
const [ingress, admin, node, service] = [18080, 19070, 15122, 19080];
// Its log would stand between the figures on stdout.
await restate.serve({ services: [chain], port: service, logger: () => {} });
const launcher = createRequire(import.meta.url).resolve("@restatedev/restate-server/package.json");
const server = spawn(
  process.execPath,
  [launcher.replace("package.json", "lib/index.js"), "--base-dir", process.argv[2]],
  {
    stdio: ["ignore", "ignore", "ignore"],
    env: {
      ...process.env,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    },
  },
);
try {
  await register();
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const started = performance.now();
    await Promise.all(Array.from({ length: Number(line) }, runOnce));
    console.log(performance.now() - started);
  }
} finally {
  server.kill("SIGTERM");
}
process.exit(0);

/** The server opens its port when it can take a service; until then it is asked again. */
async function register() {
  const body = JSON.stringify({ uri: `http://127.0.0.1:${service}`, force: true });
  const headers = { "content-type": "application/json" };
  for (const end = Date.now() + 60_000; ; await new Promise((go) => setTimeout(go, 100))) {
    const answer = await fetch(`http://127.0.0.1:${admin}/deployments`, {
      method: "POST",
      body,
      headers,
    }).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > end) throw new Error("the server of Restate takes no service within a minute");
  }
}

async function runOnce() {
  const answer = await fetch(`http://127.0.0.1:${ingress}/chain/run`, { method: "POST" });
  if (!answer.ok) throw new Error(`a handler of Restate ended with ${answer.status}: ${await answer.text()}`);
}
