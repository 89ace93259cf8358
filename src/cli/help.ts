import { flagName, type Setting, SETTINGS, VARIABLES } from "../config/settings.ts";
import { catalog, toolsByToolset } from "../tools/catalog.ts";
import { type Command, print, UsageError } from "./support/command.ts";
import { programText } from "./support/program.ts";
import {
  COMMAND_NAMES,
  type CommandFacts,
  commandFacts,
  type CommandName,
  isCommand,
  unknownCommand,
} from "./support/commands.ts";
import { VERSION } from "./version.ts";

/** Prints all commands, settings and tools; or one command with its flags and examples. */
export const run: Command = async ({ args: [name, ...more], program, stdout }) => {
  if (more.length > 0) throw new UsageError("help takes one command.");
  if (name !== undefined && !isCommand(name)) throw unknownCommand(name);
  print(stdout, ...(name === undefined ? everything(program) : oneCommand(name, program)));
  return 0;
};

function everything(program: string): readonly string[] {
  return [
    `trello-identity-mcp ${VERSION}: the identity lifecycle of Trello workspaces and their Atlassian directory, over MCP`,
    "",
    `Commands (\`${programText(program)} help COMMAND\` shows the flags and examples of one):`,
    ...COMMAND_NAMES.map((name) => {
      const { says, ...facts } = commandFacts(name);
      return row([name, ...verbsText(facts)].join(" "), says, 40);
    }),
    "",
    ...settingsText(),
    "",
    "Tools by toolset. A policy file can name the tools after `changes:` in `confirmation:`",
    ...toolsByToolset(catalog).flatMap(({ toolset, reads, changes }) => [
      `  ${toolset}`,
      ...(reads.length > 0 ? [`    reads: ${reads.join(", ")}`] : []),
      ...(changes.length > 0 ? [`    changes: ${changes.join(", ")}`] : []),
    ]),
  ];
}

function oneCommand(name: CommandName, program: string): readonly string[] {
  const facts = commandFacts(name);
  const { says, verbs = {}, flags, settings, examples } = facts;
  const verbRows = Object.entries(verbs).map(([verb, { says, takes }]) =>
    row(takes === undefined ? verb : `${verb} ID`, says),
  );
  const flagRows = Object.entries(flags).map(([flag, { value, says, choices }]) =>
    row(
      `--${flag}${value === undefined ? "" : ` ${value}`}`,
      choices ? `${says}: ${choices.join(", ")}` : says,
    ),
  );
  return [
    `${name}: ${says}`,
    "",
    `Usage: ${programText(program)} ${usage(name, facts)}`,
    ...(verbRows.length > 0 ? ["", "It does:", ...verbRows] : []),
    ...(flagRows.length > 0 ? ["", "Flags:", ...flagRows] : []),
    ...(settings
      ? [
          "",
          `Settings come from the environment, a file (--settings-file FILE) or flags; \`${programText(program)} help\` lists them.`,
        ]
      : []),
    "",
    "Examples:",
    ...examples.map((example) => `  ${programText(program)} ${example}`),
  ];
}

function verbsText({ verbs, verbLeftOut }: Pick<CommandFacts, "verbs" | "verbLeftOut">): readonly string[] {
  if (!verbs) return [];
  const names = Object.keys(verbs).join("|");
  return [verbLeftOut === undefined ? names : `[${names}]`];
}

function usage(name: CommandName, facts: CommandFacts): string {
  const { verbs, flags, settings } = facts;
  return [
    name,
    ...verbsText(facts),
    ...(Object.values(verbs ?? {}).some(({ takes }) => takes !== undefined) ? ["[ID]"] : []),
    ...Object.entries(flags).map(
      ([flag, { value }]) => `[--${flag}${value === undefined ? "" : ` ${value}`}]`,
    ),
    ...(settings ? ["[--SETTING ...]"] : []),
  ].join(" ");
}

function settingsText(): readonly string[] {
  return [
    `Settings. Set them in the environment, or in a file that only you can read (--settings-file FILE). A setting without * can also be given as a flag, such as --${flagName("IDENTITY_STORE_URL")} URL:`,
    ...VARIABLES.map((variable) => {
      const setting: Setting = SETTINGS[variable];
      return row(setting.secret ? `${variable} *` : variable, setting.says);
    }),
  ];
}

function row(name: string, says: string, width = 32): string {
  return `  ${name.padEnd(width - 1)} ${says}`.trimEnd();
}
