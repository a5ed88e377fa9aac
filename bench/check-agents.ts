/**
 * `npm run check:agents -- FOLDER [DISPATCHER]`: says of each agent's file below a folder whether it resolves, plans and
 * starts, and what of it cannot be honoured. No model is called: the programs play recorded streams. Exit 1 when a file
 * falls short.
 */
import { checkAgents, type CheckedAgent } from "../src/testing/check-agents.ts";

const [folder, dispatcher] = process.argv.slice(2);
if (folder === undefined) {
  console.error("name a folder of agent files: npm run check:agents -- FOLDER [claude-code|codex]");
  process.exit(2);
}

const checked = await checkAgents(folder, dispatcher ?? null);
for (const agent of checked) {
  console.log(`${agent.file}: ${stateOf(agent)}`);
  for (const warning of agent.warnings) console.log(`  warning: ${warning}`);
}
const started = checked.filter(({ starts }) => starts);
const warned = started.filter(({ warnings }) => warnings.length > 0);
console.log(
  `${started.length} of ${checked.length} files resolve, plan and start; ${warned.length} with warnings`,
);
process.exit(started.length === checked.length ? 0 : 1);

function stateOf({ resolves, plans, starts, problem }: CheckedAgent): string {
  if (starts) return "resolves, plans, starts";
  if (plans) return `resolves, plans, does not start: ${problem}`;
  return resolves ? `resolves, does not plan: ${problem}` : `does not resolve: ${problem}`;
}
