import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isGroup, type Command } from "./command.ts";
import { commandTable } from "./commands/command-table.ts";
import { readCommandLine } from "./read-command-line.ts";

const page = readFileSync(join(import.meta.dir, "../../docs/cli.md"), "utf8");
const sections = new Map(
  page.split(/^### skillmeat /m).map((section) => [section.slice(0, section.indexOf("\n")), section]),
);

const commands: [string, Command][] = commandTable.flatMap((entry): [string, Command][] => {
  if (isGroup(entry)) return entry.commands.map((command) => [`${entry.name} ${command.name}`, command]);
  return entry.hidden ? [] : [[entry.name, entry]];
});

test.each(commands)("docs/cli.md tells all of: %s", (path, command) => {
  const section = sections.get(path) ?? "";
  for (const { flags, description, gone } of command.options ?? []) {
    if (gone !== undefined) continue;
    expect(section).toContain(`\`${flags}\``);
    expect(section).toContain(description);
  }
  for (const { name } of command.arguments ?? []) expect(section).toContain(`\`${name}\``);
  for (const example of command.examples) expect(section).toContain(`skillmeat ${example}\n`);
});

test("docs/cli.md has no command that does not exist", () => {
  const known = new Set(commands.map(([path]) => path));
  expect([...sections.keys()].slice(1).filter((path) => !known.has(path))).toEqual([]);
});

test("every example on the page is a command line that is understood", () => {
  const lines = [...page.matchAll(/^skillmeat (.+)$/gm)].map((match) => match[1] ?? "");
  const examples = lines.filter((line) => !/[[<]\w|\[options\]/.test(line.replace(/[<>] \S+$/, "")));
  expect(examples.length).toBeGreaterThan(commands.length);
  for (const example of examples) {
    const words = [...example.replace(/ [<>] \S+$/, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
    const argv = words.map(([, double, single, plain]) => double ?? single ?? plain ?? "");
    expect(readCommandLine(commandTable, argv, 100).kind).toBe("command");
  }
});
