import { flagName, type Setting, SETTINGS, VARIABLES } from "../config/settings.ts";
import { catalog, toolsByToolset } from "../tools/catalog.ts";
import { type Command, print, UsageError } from "./support/command.ts";
import { programText } from "./support/program.ts";
import type { CommandFacts, Flag, Verb } from "./support/command-facts.ts";
import {
  COMMAND_NAMES,
  commandFacts,
  type CommandName,
  isCommand,
  unknownCommand,
} from "./support/commands.ts";
import { tableRow, terminalWidth, wrap } from "./support/wrap.ts";
import { VERSION } from "./version.ts";

/** Prints all commands, settings and tools; or one command with its flags and examples. */
export const run: Command = async ({ args: [name, ...more], program, stdout }) => {
  if (more.length > 0) throw new UsageError("help takes one command.");
  if (name !== undefined && !isCommand(name)) throw unknownCommand(name);
  const page = pageFor(terminalWidth(stdout));
  print(stdout, ...(name === undefined ? everything(page, program) : oneCommand(page, name, program)));
  return 0;
};

/** Breaks lines so that they fit into the width of the terminal. */
interface Page {
  text(line: string, hanging?: number): readonly string[];
  row(name: string, says: string): readonly string[];
}

/** The width of the first column. */
const NAMES = 34;

function pageFor(columns: number | undefined): Page {
  return {
    text: (line, hanging) => wrap(line, columns, hanging),
    row: (name, says) => tableRow(`  ${name}`, says, { width: NAMES, columns }),
  };
}

function everything({ text, row }: Page, program: string): readonly string[] {
  return [
    ...text(
      `trello-identity-mcp ${VERSION}: the identity lifecycle of Trello workspaces and their Atlassian directory, over MCP`,
    ),
    "",
    ...text(`Commands (\`${programText(program)} help COMMAND\` shows the flags and examples of one):`),
    ...COMMAND_NAMES.flatMap((name) => {
      const { says, ...facts } = commandFacts(name);
      return row([name, ...verbsText(facts)].join(" "), says);
    }),
    "",
    ...text(
      `Settings. Set them in the environment, or in a file that only you can read (--settings-file FILE). A setting without * can also be given as a flag, such as --${flagName("IDENTITY_STORE_URL")} URL:`,
    ),
    ...VARIABLES.flatMap((variable) => {
      const setting: Setting = SETTINGS[variable];
      return row(setting.secret ? `${variable} *` : variable, setting.says);
    }),
    "",
    ...text("Tools by toolset. A policy file can name the tools after `changes:` in `confirmation:`"),
    ...toolsByToolset(catalog).flatMap(({ toolset, reads, changes }) => [
      `  ${toolset}`,
      ...(reads.length > 0 ? text(`    reads: ${reads.join(", ")}`, 6) : []),
      ...(changes.length > 0 ? text(`    changes: ${changes.join(", ")}`, 6) : []),
    ]),
  ];
}

function oneCommand({ text, row }: Page, name: CommandName, program: string): readonly string[] {
  const facts = commandFacts(name);
  const { says, verbs = {}, flags, settings, examples } = facts;
  const verbRows = Object.entries(verbs).flatMap(([verb, each]) => row(verbText(verb, each), each.says));
  const flagRows = Object.entries(flags).flatMap(([flag, facts]) => {
    const { value } = facts;
    return row(`--${flag}${value === undefined ? "" : ` ${value}`}`, flagSays(facts));
  });
  return [
    ...text(`${name}: ${says}`),
    "",
    ...text(`Usage: ${programText(program)} ${usage(name, facts)}`, 2),
    ...(verbRows.length > 0 ? ["", "It does:", ...verbRows] : []),
    ...(flagRows.length > 0 ? ["", "Flags:", ...flagRows] : []),
    ...(settings
      ? [
          "",
          ...text(
            `Settings come from the environment, a file (--settings-file FILE) or flags; \`${programText(program)} help\` lists them.`,
          ),
        ]
      : []),
    "",
    "Examples:",
    // Examples are not broken into several lines, so that the user can copy them.
    ...examples.map((example) => `  ${programText(program)} ${example}`),
  ];
}

/** Says what a flag is for. The flag's allowed values are added if the text does not name them all. */
function flagSays({ says, choices = [] }: Flag): string {
  const isNamed = choices.every((choice) => new RegExp(`\\b${choice}\\b`).test(says));
  return isNamed ? says : `${says}: ${choices.join(", ")}`;
}

function verbText(verb: string, { takes, value = "ID" }: Verb): string {
  return takes === undefined ? verb : `${verb} ${value}`;
}

function verbsText({ verbs, verbLeftOut }: Pick<CommandFacts, "verbs" | "verbLeftOut">): readonly string[] {
  if (!verbs) return [];
  const names = Object.keys(verbs).join("|");
  return [verbLeftOut === undefined ? names : `[${names}]`];
}

/**
 * The lines that show how to type a command. If different verbs take different words, each verb is shown with its own
 * words.
 */
function usage(name: CommandName, facts: CommandFacts): string {
  const { verbs = {}, flags, settings } = facts;
  const isAlike = Object.values(verbs).every(({ takes }) => takes === undefined);
  const shown = Object.entries(verbs).map(([verb, each]) => verbText(verb, each));
  return [
    name,
    ...(isAlike ? verbsText(facts) : [shown.join(" | ")]),
    ...(name === "help" ? ["[COMMAND]"] : []),
    ...Object.entries(flags).map(
      ([flag, { value }]) => `[--${flag}${value === undefined ? "" : ` ${value}`}]`,
    ),
    ...(settings ? ["[--SETTING ...]"] : []),
  ].join(" ");
}
