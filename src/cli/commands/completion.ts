import { AppError } from "../../errors.ts";
import { isGroup, type Command, type CommandGroup, type CommandRun, type OptionSpec } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { globalOptions } from "../read-command-line.ts";

export const run: CommandRun = async ({ given, output, commands }) => {
  output.write(completionScript(given.argument(0), commands));
  return exitCodes.done;
};

/** The script of a shell, made from the command table, so that skillmeat is not called while somebody types. */
export function completionScript(shell: string, commands: readonly (Command | CommandGroup)[]): string {
  const all = contexts(commands);
  if (shell === "bash") return bashScript(all);
  if (shell === "zsh") return zshScript(all);
  if (shell === "fish") return fishScript(all);
  throw new AppError("invalid_usage", `there is no completion for "${shell}": bash, zsh or fish`);
}

/** What may follow some words. */
interface Context {
  path: string;
  words: { word: string; summary: string }[];
  options: { long: string; short: string | null; summary: string; takesValue: boolean; choices: string[] }[];
  takesFiles: boolean;
}

function contexts(commands: readonly (Command | CommandGroup)[]): Context[] {
  const top = commands.filter((entry) => isGroup(entry) || !entry.hidden);
  const groups = top.filter(isGroup);
  return [
    { path: "", words: wordsOf(top), options: optionsOf([]), takesFiles: false },
    ...groups.map((group) => ({
      path: group.name,
      words: wordsOf(group.commands),
      options: optionsOf([]),
      takesFiles: false,
    })),
    ...groups.flatMap((group) =>
      group.commands.map((command) => contextOf(`${group.name} ${command.name}`, command)),
    ),
    ...top.flatMap((entry) => (isGroup(entry) ? [] : [contextOf(entry.name, entry)])),
  ];
}

function contextOf(path: string, command: Command): Context {
  const shells = path === "completion" ? ["bash", "zsh", "fish"] : [];
  return {
    path,
    words: shells.map((word) => ({ word, summary: "" })),
    options: optionsOf(command.options ?? []),
    takesFiles: shells.length === 0 && (command.arguments ?? []).length > 0,
  };
}

function wordsOf(entries: readonly (Command | CommandGroup)[]): Context["words"] {
  return entries.map((entry) => ({ word: entry.name, summary: entry.summary }));
}

function optionsOf(options: readonly OptionSpec[]): Context["options"] {
  const help: OptionSpec = { flags: "-h, --help", description: "show this help" };
  return [...options.filter(({ gone }) => gone === undefined), ...globalOptions, help].map(
    ({ flags, description, choices }) => ({
      long: /--[a-z-]+/.exec(flags)?.[0] ?? flags,
      short: /^-[a-zA-Z](?=,)/.exec(flags)?.[0] ?? null,
      summary: description.replaceAll("'", "").replaceAll("`", "").replaceAll(":", ","),
      takesValue: flags.includes("<"),
      choices: [...(choices ?? [])],
    }),
  );
}

function bashScript(all: readonly Context[]): string {
  const cases = all.map(({ path, words, options, takesFiles }) => {
    const offered = [...words.map(({ word }) => word), ...options.map(({ long }) => long)].join(" ");
    return `    "${path}") offered="${offered}"${takesFiles ? "; files=1" : ""} ;;`;
  });
  const valued = all.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ long, choices }) => `    "${path} ${long}") values="${choices.join(" ")}"; takes=1 ;;`),
  );
  return `# bash completion of skillmeat; put it where bash-completion looks, or source it
_skillmeat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" offered="" values="" takes="" files="" word at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    case "$path $word" in
      ${knownPaths(all)}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $before" in
${valued.join("\n")}
  esac
  if [[ -n $takes ]]; then
    [[ -n $values ]] && COMPREPLY=($(compgen -W "$values" -- "$current")) || COMPREPLY=($(compgen -f -- "$current"))
    return
  fi
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
  [[ -z $files || $current == -* ]] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _skillmeat skillmeat
`;
}

/** `path` is zsh's own name for $PATH as a list, hence `at_path`. */
function zshScript(all: readonly Context[]): string {
  const cases = all.map(({ path, words, options, takesFiles }) => {
    const offered = words.map(({ word, summary }) => `'${word}:${summary.replaceAll(":", ",")}'`).join(" ");
    const specs = options.map(
      (option) => `'${option.long}[${option.summary.replaceAll(/[[\]]/g, "")}]${zshValue(option)}'`,
    );
    const rest = words.length > 0 ? "'1:command:_skillmeat_words'" : takesFiles ? "'*:file:_files'" : "";
    return `    "${path}") words_offered=(${offered}); _arguments ${specs.join(" ")} ${rest} ;;`;
  });
  return `#compdef skillmeat
# zsh completion of skillmeat; put it as _skillmeat into a folder of $fpath
_skillmeat_words() { _describe 'command' words_offered }
_skillmeat() {
  local at_path="" word
  local -a words_offered
  integer at=2
  for ((at = 2; at < CURRENT; at++)); do
    word=\${words[at]}
    case "$at_path $word" in
      ${knownPaths(all)}) at_path="\${at_path:+$at_path }$word"; shift words; (( CURRENT--, at-- )) ;;
    esac
  done
  case "$at_path" in
${cases.join("\n")}
  esac
}
compdef _skillmeat skillmeat
`;
}

function zshValue({ takesValue, choices }: Context["options"][number]): string {
  if (!takesValue) return "";
  return choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files";
}

function fishScript(all: readonly Context[]): string {
  const lines = all.flatMap(({ path, words, options, takesFiles }) => {
    const when = `-n '__skillmeat_at "${path}"'`;
    return [
      ...words.map(
        ({ word, summary }) => `complete -c skillmeat ${when} -f -a ${word} -d '${fishText(summary)}'`,
      ),
      ...options.map((option) => `complete -c skillmeat ${when} ${fishOption(option)}`),
      ...(takesFiles ? [] : [`complete -c skillmeat ${when} -f`]),
    ];
  });
  return `# fish completion of skillmeat; put it into ~/.config/fish/completions/skillmeat.fish
function __skillmeat_at
  set -l path
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
      case ${knownPaths(all).split(" | ").join(" ")}
        set path (string trim "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishOption({ long, short, summary, takesValue, choices }: Context["options"][number]): string {
  const names = `-l ${long.slice(2)}${short === null ? "" : ` -s ${short.slice(1)}`}`;
  const values = `${takesValue ? " -r" : ""}${choices.length > 0 ? ` -f -a '${choices.join(" ")}'` : ""}`;
  return `${names}${values} -d '${fishText(summary)}'`;
}

/** `"<path> <word>"` of every command, as a shell's alternatives. */
function knownPaths(all: readonly Context[]): string {
  const known = all
    .filter(({ path }) => path !== "completion")
    .flatMap(({ path, words }) => words.map(({ word }) => `"${path} ${word}"`));
  return known.join(" | ");
}

function fishText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
