import process from "node:process";
import { plantMutant } from "./mutants/plant-mutant.ts";
import type { Task } from "./task.ts";

/** A process that does its share of the histories: a task as JSON in its argument, what came of it on its output. */
const task = JSON.parse(process.argv[2] ?? "") as Task;
if (task.mutant !== null) plantMutant(task.mutant);
// Only now may the engine be loaded, so that a mutant is loaded in the place of its file.
const { doTask } = await import("./do-task.ts");
process.stdout.write(`${JSON.stringify(doTask(task))}\n`);
