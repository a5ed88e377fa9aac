import { spawn } from "node:child_process";
import { once } from "node:events";

/** The work of one step. */
export async function spawnTrue() {
  const child = spawn("true", { stdio: "ignore" });
  await once(child, "exit");
  return {};
}
