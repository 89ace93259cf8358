import { flagName, type Setting, SETTINGS, VARIABLES } from "../config/settings.ts";
import { type Command, print } from "./support/command.ts";
import type { CommandFacts } from "./support/command-facts.ts";
import { COMMAND_NAMES, commandFacts, type CommandName } from "./support/commands.ts";
import { readFlags } from "./support/settings.ts";

const PROGRAM = "trello-identity-mcp";

/**
 * Prints the script for completion in a shell. The script is made from the table of commands, so no command is missing.
 */
export const run: Command = async ({ args, stdout }) => {
  const { verb } = readFlags("completion", args);
  print(stdout, ...SHELLS[verb]());
  return 0;
};

const SHELLS = { bash, zsh, fish } as const;

/** The words that can follow a command (such as `list` after `runs`, or a flag), each with its help text. */
function wordsAfter(name: CommandName): readonly (readonly [string, string])[] {
  const { verbs = {}, flags, settings }: CommandFacts = commandFacts(name);
  return [
    ...(name === "help" ? COMMAND_NAMES.map((each) => [each, commandFacts(each).says] as const) : []),
    ...Object.entries(verbs).map(([verb, { says }]) => [verb, says] as const),
    ...Object.entries(flags).map(([flag, { says }]) => [`--${flag}`, says] as const),
    ...(settings ? [["--settings-file", "a file with settings"] as const, ...settingFlags()] : []),
    ["--help", "flags and examples"],
  ];
}

function settingFlags(): readonly (readonly [string, string])[] {
  return VARIABLES.flatMap((variable) => {
    const setting: Setting = SETTINGS[variable];
    return setting.secret ? [] : [[`--${flagName(variable)}`, setting.says] as const];
  });
}

/** The flags that accept only certain values, with these values. */
function choices(): readonly (readonly [string, readonly string[]])[] {
  const all = COMMAND_NAMES.flatMap((name) => Object.entries(commandFacts(name).flags));
  return [...new Map(all.flatMap(([flag, { choices: few }]) => (few ? [[`--${flag}`, few] as const] : [])))];
}

function bash(): readonly string[] {
  return [
    `# Completion of ${PROGRAM} for bash. Load it by: source <(${PROGRAM} completion bash)`,
    "_trello_identity_mcp() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  case "$before" in',
    ...choices().map(([flag, values]) => `    ${flag}) words="${values.join(" ")}" ;;`),
    "  esac",
    '  if [ -z "$words" ] && [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${COMMAND_NAMES.join(" ")}"`,
    '  elif [ -z "$words" ]; then',
    '    case "${COMP_WORDS[1]}" in',
    ...COMMAND_NAMES.map((name) => `      ${name}) words="${onlyWords(name).join(" ")}" ;;`),
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "}",
    `complete -o default -F _trello_identity_mcp ${PROGRAM}`,
  ];
}

function zsh(): readonly string[] {
  return [
    `#compdef ${PROGRAM}`,
    `# Completion of ${PROGRAM} for zsh. Save it as _${PROGRAM} in a folder of $fpath.`,
    'case "${words[CURRENT-1]}" in',
    ...choices().map(([flag, values]) => `  ${flag}) compadd -- ${values.join(" ")}; return ;;`),
    "esac",
    "if (( CURRENT == 2 )); then",
    `  compadd -- ${COMMAND_NAMES.join(" ")}`,
    "  return",
    "fi",
    'case "${words[2]}" in',
    ...COMMAND_NAMES.map((name) => `  ${name}) compadd -- ${onlyWords(name).join(" ")} ;;`),
    "esac",
    "(( compstate[nmatches] )) || _files",
  ];
}

function fish(): readonly string[] {
  return [
    `# Completion of ${PROGRAM} for fish.`,
    ...COMMAND_NAMES.map(
      (name) =>
        `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${name} -d ${quoted(commandFacts(name).says)}`,
    ),
    ...COMMAND_NAMES.flatMap((name) =>
      wordsAfter(name).map(([word, says]) => {
        const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
        const few = choices().find(([flag]) => flag === word)?.[1];
        const values = few ? ` -x -a ${quoted(few.join(" "))}` : "";
        return `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${name}' ${what}${values} -d ${quoted(says)}`;
      }),
    ),
  ];
}

function onlyWords(name: CommandName): readonly string[] {
  return wordsAfter(name).map(([word]) => word);
}

/** A text in single quotes, escaped for the shell fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
