import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileText } from "../collection/stored-definition.ts";
import { AppError } from "../errors.ts";
import { checkText } from "./check-text.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { exitCodes } from "./exit-code.ts";
import { storedWorkflow } from "./find-definition.ts";
import { withOpenHome } from "./open-home.ts";
import { saveWorkflow } from "../collection/save-workflow.ts";

export const run: CommandRun = (invocation) =>
  withOpenHome(invocation, async (open) => {
    const { store } = open;
    const { given, output } = invocation;
    const workflow = storedWorkflow(store, given.argument(0));
    const before = fileText(workflow) ?? workflow.definition;
    const draft = join(
      mkdtempSync(join(tmpdir(), "skillmeat-edit-")),
      basename(workflow.file ?? "WORKFLOW.yaml"),
    );
    writeFileSync(draft, before, { mode: 0o600 });
    const forget = (): void => rmSync(join(draft, ".."), { recursive: true, force: true });
    await letEdit(invocation, draft);
    const text = readFileSync(draft, "utf8");
    if (text === before) {
      forget();
      output.line("nothing was changed");
      return exitCodes.done;
    }
    const effective = checkText(invocation, text, draft);
    if (!effective) {
      output.note(`nothing was saved; your text is in ${draft}`);
      return exitCodes.failed;
    }
    try {
      await saveWorkflow(open, {
        text,
        effective,
        over: workflow,
        force: true,
        status: null,
        created_by: null,
      });
    } catch (error) {
      output.note(`nothing was saved; your text is in ${draft}`);
      throw error;
    }
    forget();
    output.line(`saved ${effective.workflow.id} (${effective.workflow.name} v${effective.workflow.version})`);
    return exitCodes.done;
  });

async function letEdit({ env, workdir }: Invocation, file: string): Promise<void> {
  const editor = env["VISUAL"] || env["EDITOR"] || "vi";
  // As git does it: the variable may hold options, so a shell reads it; the file is an argument, never pasted.
  const child = Bun.spawn(["/bin/sh", "-c", `${editor} "$@"`, editor, file], {
    cwd: workdir,
    env: { ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const exit = await child.exited;
  if (exit !== 0)
    throw new AppError("interrupted", `the editor "${editor}" ended with exit ${exit}; nothing was saved`);
}
