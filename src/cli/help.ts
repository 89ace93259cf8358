import { flagName, type Setting, SETTINGS, VARIABLES } from "../config/settings.ts";
import { catalog, toolsByToolset } from "../tools/catalog.ts";
import { type Command, print } from "./support/command.ts";
import { VERSION } from "./version.ts";

const COMMANDS: readonly (readonly [string, string])[] = [
  ["stdio", "MCP over stdio (the default); --sandbox: on the embedded sandbox, without credentials"],
  ["http", "MCP over Streamable HTTP at /mcp; --sandbox as above"],
  [
    "  --sandbox --world clean|messy",
    "which company the sandbox holds: a tidy one (the default) or one as untidy as real ones",
  ],
  ["demo [--out FOLDER]", "the main job end to end on the sandbox; writes an evidence report"],
  ["sandbox [--port N] [--world W]", "the sandbox upstream alone; prints its addresses and credentials"],
  [
    "doctor [--sandbox [--world W]]",
    "checks the settings and each upstream; exit code 1 if something is broken",
  ],
  ["init --client NAME [--write]", "a client's configuration: claude-desktop, claude-code, vscode, cursor"],
  ["approvals list", "plans that wait for a person; --json"],
  ["approvals show ID", "one plan in full; --json"],
  ["approvals approve|reject ID", "a person's decision; approve needs a terminal"],
  ["runs list", "runs of this store, newest first; --json"],
  ["runs show ID", "one run with its evidence; --json"],
  ["runs stop ID [--reason TEXT]", "ends a run that is not finished; nothing more of it is sent"],
  ["audit verify [--head HEAD]", "checks the audit chain, and plans, decisions and evidence against it"],
  ["audit export [--out FILE]", "writes the audit log as JSON lines to standard output or a file"],
  ["login", "obtains a Trello token by OAuth 1.0; needs TRELLO_API_KEY and TRELLO_API_SECRET"],
  ["  --scopes read,write,account", "what the token may do; asked for at a terminal"],
  ["  --expiry EXPIRY", "how long it lives: 1hour, 1day, 30days or never; asked for at a terminal"],
  ["  --open, --port N", "opens the browser; the port that it comes back to"],
  ["  --write-env FILE [--force]", "writes the settings to a file instead of standard output"],
  ["help, version", ""],
];

/** Prints every command, setting and tool. */
export const run: Command = async ({ stdout }) => {
  print(
    stdout,
    `trello-identity-mcp ${VERSION}: the identity lifecycle of Trello workspaces and their Atlassian directory, over MCP`,
    "",
    "Commands:",
    ...COMMANDS.map(([name, says]) => `  ${name.padEnd(32)}${says}`.trimEnd()),
    "",
    "Settings (environment; those without * also as a flag, such as --" +
      flagName("IDENTITY_STORE_URL") +
      " URL):",
    ...VARIABLES.map((variable) => {
      const setting: Setting = SETTINGS[variable];
      return `  ${(setting.secret ? `${variable} *` : variable).padEnd(32)}${setting.says}`;
    }),
    "",
    "Tools by toolset; a policy file can name those after `changes:` under `confirmation:`",
    ...toolsByToolset(catalog).flatMap(({ toolset, reads, changes }) => [
      `  ${toolset}`,
      ...(reads.length > 0 ? [`    reads: ${reads.join(", ")}`] : []),
      ...(changes.length > 0 ? [`    changes: ${changes.join(", ")}`] : []),
    ]),
  );
  return 0;
};
