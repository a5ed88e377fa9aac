import { AppError } from "../errors.ts";
import { readLimit, type BudgetChange } from "../execution/budget.ts";
import type { Arguments } from "./arguments.ts";
import { pairs } from "./read-parameters.ts";

/** What `--budget` gives; null without one. Throws `AppError("invalid_usage")`. */
export function readBudget(given: Arguments): BudgetChange | null {
  const change: BudgetChange = {};
  for (const [limit, text] of pairs(given.list("budget"), "--budget", "usd=N or tokens=N")) {
    if (limit !== "usd" && limit !== "tokens") {
      throw new AppError("invalid_usage", `--budget takes usd=N or tokens=N, not "${limit}=${text}"`);
    }
    const read = readLimit(limit, text);
    if ("problem" in read) throw new AppError("invalid_usage", `--budget ${limit}=${text}: ${read.problem}`);
    change[limit] = read.value;
  }
  return Object.keys(change).length === 0 ? null : change;
}
