import { plainLine } from "../terminal/plain-text.ts";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readTextFile } from "../../collection/read-text-file.ts";
import { saveWorkflow, type OpenHome } from "../../operation/save-workflow.ts";
import { AppError } from "../../errors.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { storedWorkflow } from "../find-definition.ts";
import { withOpenHome } from "../open-home.ts";

export const run: CommandRun = (invocation) =>
  withOpenHome(invocation, async (open) => {
    const workflow = storedWorkflow(open, invocation.given.argument(0));
    const before = workflow.definition;
    const editor = editorOf(invocation);
    const folder = mkdtempSync(join(tmpdir(), "skillmeat-edit-"));
    const draft = join(folder, basename(workflow.file ?? "WORKFLOW.yaml"));
    writeFileSync(draft, before, { mode: 0o600 });
    let isSettled = false;
    try {
      await letEdit(invocation, editor, draft);
      await saveDraft(invocation, open, { workflow, draft, before });
      isSettled = true;
    } finally {
      if (isSettled || !hasWork(draft, before)) rmSync(folder, { recursive: true, force: true });
      else invocation.output.note(`nothing was saved; your text is in ${draft}`);
    }
    return exitCodes.done;
  });

/** The editor from the environment, else `vi`, which without a terminal would wait for keys that never come. */
function editorOf({ env, output }: Invocation): string {
  const editor = env["VISUAL"] || env["EDITOR"];
  if (editor) return editor;
  if (output.isTerminal && process.stdin.isTTY) return "vi";
  throw new AppError(
    "invalid_usage",
    "there is no terminal to edit in. set VISUAL or EDITOR to a program that changes the file it is given",
  );
}

async function letEdit({ env, workdir }: Invocation, editor: string, file: string): Promise<void> {
  // As in git, the variable may hold options, so a shell reads it; the file is an argument, never pasted.
  const child = Bun.spawn(["/bin/sh", "-c", `${editor} "$@"`, editor, file], {
    cwd: workdir,
    env: { ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const exit = await child.exited;
  if (exit === cannotStart || exit === isNotThere) {
    throw new AppError(
      "unavailable",
      `the editor "${editor}" cannot be started. set VISUAL or EDITOR to one that is installed`,
    );
  }
  if (exit !== 0)
    throw new AppError("declined", `the editor "${editor}" ended with exit ${exit}; nothing was saved`);
  if (!existsSync(file))
    throw new AppError("declined", `the editor "${editor}" has removed the file; nothing was saved`);
}

/** The exit codes of a shell for a program that it cannot start, and for one that it does not find. */
const cannotStart = 126;
const isNotThere = 127;

/** Throws `FindingsError` when the text has errors. */
async function saveDraft(
  { output }: Invocation,
  open: OpenHome,
  { workflow, draft, before }: { workflow: WorkflowRecord; draft: string; before: string },
): Promise<void> {
  const text = readTextFile(draft, draft);
  if (text === before) {
    output.line("nothing was changed");
    return;
  }
  const { slug, name, version } = await saveWorkflow(open, {
    text,
    file: draft,
    over: workflow,
    expected: [workflow.definition_hash],
    status: null,
    created_by: null,
  });
  output.line(`saved ${slug} (${plainLine(name)} v${version})`);
}

function hasWork(draft: string, before: string): boolean {
  try {
    return readFileSync(draft, "utf8") !== before;
  } catch {
    return false;
  }
}
