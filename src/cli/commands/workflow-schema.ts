import { definitionSchema } from "../../workflow/json-schema.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const run: CommandRun = async ({ output }) => {
  output.json(definitionSchema());
  return exitCodes.done;
};
