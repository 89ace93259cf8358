import { type Setting, SETTINGS, type Variable } from "../../config/settings.ts";
import type { Start } from "../support/program.ts";
import type { ClientTarget } from "./clients.ts";

/** An entry of a client's file: how the client starts the server. */
export interface Entry {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Codex: names of variables that it hands over. */
  readonly env_vars?: readonly string[];
}

/** A value that VS Code asks the person for, hidden while it is typed, and keeps in its secret storage. */
export interface Input {
  readonly type: "promptString";
  readonly id: string;
  readonly description: string;
  readonly password: boolean;
}

/** What is merged into a client's file. */
export interface Addition {
  readonly name: string;
  readonly entry: Entry;
  readonly inputs: readonly Input[];
}

const NEEDED: readonly Variable[] = ["TRELLO_API_KEY", "TRELLO_API_TOKEN"];
/** Settings that come in pairs: both are named if one of them is set now. */
const OPTIONAL: readonly (readonly Variable[])[] = [
  ["TRELLO_API_SECRET", "TRELLO_TOKEN_SECRET"],
  ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
  ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
];

/** The settings that an entry names: what is needed, and what else is set in this environment. */
export function namedSettings(env: Readonly<Record<string, string | undefined>>): readonly Variable[] {
  return [...NEEDED, ...OPTIONAL.flatMap((pair) => (pair.every((name) => env[name]) ? pair : []))];
}

/** The entry of the sandbox. It has a name of its own, so that it stands beside the real one. */
export function sandboxAddition({ typed }: ClientTarget, start: Start): Addition {
  return {
    name: "trello-identity-sandbox",
    entry: {
      ...(typed ? { type: "stdio" } : {}),
      command: start.command,
      args: [...start.args, "stdio", "--sandbox"],
    },
    inputs: [],
  };
}

/** The entry of the real Trello. It names the settings and holds none of them. */
export function realAddition(
  { typed, secrets }: ClientTarget,
  start: Start,
  given: { readonly settings: readonly Variable[]; readonly settingsFile: string },
): Addition {
  const { settings, settingsFile } = given;
  const args = [...start.args, "stdio", ...(secrets.by === "file" ? ["--settings-file", settingsFile] : [])];
  const env = (write: (variable: Variable) => string) => ({
    env: Object.fromEntries(settings.map((variable) => [variable, write(variable)])),
  });
  return {
    name: "trello-identity",
    entry: {
      ...(typed ? { type: "stdio" } : {}),
      command: start.command,
      args,
      ...(secrets.by === "reference" ? env(secrets.write) : {}),
      ...(secrets.by === "input" ? env((variable) => `\${input:${inputId(variable)}}`) : {}),
      ...(secrets.by === "forward" ? { env_vars: settings } : {}),
    },
    inputs: secrets.by === "input" ? settings.map(inputOf) : [],
  };
}

function inputOf(variable: Variable): Input {
  const { secret, says }: Setting = SETTINGS[variable];
  return {
    type: "promptString",
    id: inputId(variable),
    description: `${variable}: ${says}`,
    password: secret === true,
  };
}

function inputId(variable: Variable): string {
  return variable.toLowerCase().replaceAll("_", "-");
}

/** The file for the settings of clients that cannot keep secrets. What is set in this environment is filled in. */
export function settingsFileText(env: Readonly<Record<string, string | undefined>>): string {
  const line = (variable: Variable) => `${variable}=${quoted(env[variable] ?? "")}`;
  return [
    "# Settings of trello-identity-mcp, read by --settings-file. Nobody but you can read this file.",
    ...NEEDED.map(line),
    "",
    "# The Atlassian directory behind Trello; leave out what you do not have.",
    ...OPTIONAL.flat().map(line),
    "",
  ].join("\n");
}

/** A value as `parseEnv` reads it back. */
function quoted(value: string): string {
  return /^[\w./:@+=-]*$/.test(value) ? value : `'${value}'`;
}
