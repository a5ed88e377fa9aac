import type { CommandRun } from "../command.ts";
import { decideGate } from "../decide-gate.ts";

export const run: CommandRun = (invocation) => decideGate(invocation, "reject");
