import { renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../errors.ts";
import { toJson, toYaml } from "../../workflow/serialize.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { withStore } from "../open-home.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const { given, output } = invocation;
    const workflow = storedWorkflow({ home: invocation.home, store }, given.argument(0));
    const text = inFormat(workflow.definition, given.text("format"));
    const target = given.text("output");
    if (target === null || target === "-") output.write(text);
    else {
      writeOut(invocation, target, text);
      output.note(`wrote ${target}`);
    }
    return exitCodes.done;
  });

/** A text that is in the wanted format already stays as it is, byte for byte. */
function inFormat(text: string, format: string | null): string {
  const isJson = text.trimStart().startsWith("{");
  if (format === "json" && !isJson) return toJson(text);
  if (format === "yaml" && isJson) return toYaml(text);
  return text;
}

function writeOut({ workdir }: Invocation, target: string, text: string): void {
  const file = resolve(workdir, target);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new AppError(
      "unavailable",
      `"${target}" cannot be written: ${error instanceof Error ? error.message : error}`,
    );
  }
}
