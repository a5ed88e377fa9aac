import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { isGroup } from "./command.ts";
import { commandTable } from "./commands/command-table.ts";
import { readCommandLine } from "./read-command-line.ts";

const read = (...argv: string[]) => readCommandLine(commandTable, argv, 100);

function refusal(...argv: string[]): string {
  try {
    read(...argv);
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_usage") return error.message;
    throw error;
  }
  return "accepted";
}

describe("wrong use is refused with the way out:", () => {
  test.each([
    ["wrkflow", 'unknown command "wrkflow". did you mean "workflow"?'],
    ["workflow vaildate x", 'unknown command "vaildate". did you mean "validate"?'],
    ["workflow run x --parm a=b", 'unknown option "--parm". did you mean "--param"?'],
    ["workflow runs --status done", expect.stringContaining("allowed choices are pending, running")],
    ["workflow plan", 'missing required argument "workflow". see: skillmeat workflow plan --help'],
    ["workflow plan a b", expect.stringContaining("too many arguments")],
    ["doctor --data-dir", 'option "--data-dir <dir>" argument missing. see: skillmeat doctor --help'],
    ["workflow eval --contxt f", 'unknown option "--contxt"'],
    ["workflow run W.yaml --version 2.0", 'unknown option "--version". see: skillmeat workflow run --help'],
    ["doctor -V", 'unknown option "-V". see: skillmeat doctor --help'],
    ["foo --help", 'unknown command "foo". see: skillmeat --help'],
    ["workflow foo -h", 'unknown command "foo". see: skillmeat workflow --help'],
  ])("%s", (line, message) => expect(refusal(...line.split(" "))).toEqual(message as string));
});

describe("words of other tools name the whole command that is meant:", () => {
  test.each([
    ["logs abcdef", "skillmeat workflow runs abcdef --logs"],
    ["workflow logs abcdef", "skillmeat workflow runs abcdef --logs"],
    ["logs -f abcdef", "skillmeat workflow runs abcdef --logs --follow"],
    ["logs", "skillmeat workflow runs <run_id> --logs"],
    ["run W.yaml --param a=b", "skillmeat workflow run W.yaml --param a=b"],
    ["--data-dir d run W.yaml", "skillmeat --data-dir d workflow run W.yaml"],
    ["status", "skillmeat workflow runs"],
    ["workflow status abcdef", "skillmeat workflow runs abcdef"],
    ["ps --status failed", "skillmeat workflow runs --status failed"],
    ["workflow ps", "skillmeat workflow runs"],
    ["retry abcdef", "skillmeat workflow rerun abcdef --from-failed"],
    ["workflow stop abcdef -y", "skillmeat workflow cancel abcdef -y"],
    ["approve abcdef gate", "skillmeat workflow approve abcdef gate"],
    ["validate", "skillmeat workflow validate"],
    ["logs --help", "skillmeat workflow runs <run_id> --logs --help"],
  ])("%s", (line, meant) => expect(refusal(...line.split(" "))).toEndWith(`. write: ${meant}`));

  test.each(["sync --help", "bundle", "context -h", "memory search x", "workflow diff a b"])(
    "%s is of a later version",
    (line) => expect(refusal(...line.split(" "))).toContain("is not in this version"),
  );

  test("a quoted word stays one word", () =>
    expect(refusal("run", "a b")).toEndWith(". write: skillmeat workflow run 'a b'"));
});

describe("a command line is read:", () => {
  test("global options may stand before or after the command", () => {
    for (const argv of [
      ["--data-dir", "/x", "doctor"],
      ["doctor", "--data-dir", "/x"],
    ]) {
      const asked = read(...argv);
      expect(asked.kind === "command" && asked.options.get("data-dir")).toBe("/x");
    }
  });

  test("repeated options keep their order and their equals signs", () => {
    const asked = read("workflow", "run", "w", "--param", "a=1=2", "--param", "b=", "--params-file", "f");
    expect(asked.kind === "command" && asked.options.get("param")).toEqual(["a=1=2", "b="]);
    expect(asked.kind === "command" && asked.options.get("params-file")).toBe("f");
  });

  test.each(["-1 < 0", "- 1", "-2.5e-1", "-parameters"])(
    "an expression may begin with a dash: %s",
    (expression) => {
      if (expression === "-parameters")
        return expect(refusal("workflow", "eval", expression)).toContain("unknown option");
      const asked = read("workflow", "eval", expression, "--context", "f");
      expect(asked.kind === "command" && asked.args).toEqual([expression]);
      expect(asked.kind === "command" && asked.options.get("context")).toBe("f");
    },
  );

  test.each(["-parameters.n", "--debug", "--", "--context"])(
    "what stands after -- is an expression: %s",
    (expression) => {
      const asked = read("workflow", "eval", "--context", "f", "--", expression);
      expect(asked.kind === "command" && asked.args).toEqual([expression]);
      expect(asked.kind === "command" && asked.options.get("context")).toBe("f");
      expect(asked.kind === "command" && asked.options.has("debug")).toBe(false);
      expect(refusal("workflow", "eval", "--", expression, "--format")).toBe(
        'there is an extra argument: "--format"',
      );
      expect(refusal("workflow", "eval", "-x", "--", expression)).toBe('unknown option "-x"');
    },
  );

  test("a dash alone is an argument", () => {
    const asked = read("workflow", "validate", "-");
    expect(asked.kind === "command" && asked.args).toEqual(["-"]);
  });

  test("--version after other words still answers", () =>
    expect(read("--version", "--debug")).toEqual({ kind: "version" }));
});

describe("help", () => {
  const paths = commandTable.flatMap((entry) =>
    isGroup(entry)
      ? [[entry.name], ...entry.commands.map((command) => [entry.name, command.name])]
      : entry.hidden
        ? []
        : [[entry.name]],
  );

  test.each([[[]], ...paths.map((path) => [path])])("of %p", (path: string[]) => {
    const asked = read(...path, "--help");
    expect(asked.kind).toBe("help");
    expect(asked.kind === "help" && asked.text).toMatchSnapshot();
    expect(asked.kind === "help" && asked.text).toContain("Example");
  });

  test("of nothing and of a group alone is the same as with --help", () => {
    expect(read()).toEqual(read("--help"));
    expect(read("workflow")).toEqual(read("workflow", "--help"));
  });

  test("hides what is only for skillmeat itself", () => {
    expect(JSON.stringify(read("--help"))).not.toContain("engine-host");
  });

  test("fits a narrow terminal", () => {
    const asked = readCommandLine(commandTable, ["workflow", "run", "--help"], 60);
    const wide = asked.kind === "help" ? asked.text.split("\n").filter((line) => line.length > 60) : ["none"];
    expect(wide.filter((line) => !line.includes("skillmeat "))).toEqual([]);
  });

  test("every command has a summary and an example that is its own", () => {
    for (const entry of commandTable) {
      for (const command of isGroup(entry) ? entry.commands : [entry]) {
        const path = isGroup(entry) ? `${entry.name} ${command.name}` : command.name;
        expect(command.examples.every((example) => example.startsWith(path))).toBe(true);
        expect(command.summary).not.toBe("");
      }
    }
  });
});
