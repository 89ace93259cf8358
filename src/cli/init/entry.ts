import { type Setting, SETTINGS, type Variable } from "../../config/settings.ts";
import type { Start } from "../support/program.ts";
import type { ClientTarget } from "./clients.ts";

/** The entry of a server in a client's file: the command with which the client starts the server. */
export interface Entry {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Only for Codex: the environment variables that Codex passes to the server. */
  readonly env_vars?: readonly string[];
}

/** A value that VS Code asks the user for, hides while the user types, and stores as a secret. */
export interface Input {
  readonly type: "promptString";
  readonly id: string;
  readonly description: string;
  readonly password: boolean;
}

/** What the command `init` adds to a client's file. */
export interface Addition {
  readonly name: string;
  readonly entry: Entry;
  readonly inputs: readonly Input[];
}

const NEEDED: readonly Variable[] = ["TRELLO_API_KEY", "TRELLO_API_TOKEN"];
/** Settings that some Trello apps need for a sign-in by OAuth 2.0, besides the client id. */
const SIGN_IN: readonly Variable[] = ["TRELLO_OAUTH2_CLIENT_SECRET", "IDENTITY_STORE_KEY"];
const SIGNING: readonly Variable[] = ["TRELLO_API_SECRET", "TRELLO_TOKEN_SECRET"];
const DIRECTORY: readonly (readonly Variable[])[] = [
  ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
  ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
];
/**
 * Settings that belong together. The client's file names such a group only if all of its settings are set in this
 * environment.
 */
const OPTIONAL: readonly (readonly Variable[])[] = [SIGNING, ...DIRECTORY];

/**
 * The settings that the client's file names: the settings that are always needed, and groups of optional settings that
 * are set in this environment.
 */
export function namedSettings(env: Readonly<Record<string, string | undefined>>): readonly Variable[] {
  const needed = env["TRELLO_OAUTH2_CLIENT_ID"]
    ? (["TRELLO_OAUTH2_CLIENT_ID", ...SIGN_IN.filter((name) => env[name])] as const)
    : NEEDED;
  return [...needed, ...OPTIONAL.flatMap((pair) => (pair.every((name) => env[name]) ? pair : []))];
}

/** The entry for the sandbox. Its name differs from the real entry, so that a file can have both. */
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

/** The entry for the real Trello. The entry names the settings but contains none of their values. */
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

/**
 * The text of the settings file, for clients that cannot store secrets. It contains the settings that are needed, and
 * optional settings that the user may fill in. The value of a setting is filled in if the setting is set in this
 * environment.
 */
export function settingsFileText(
  named: readonly Variable[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const line = (variable: Variable) => `${variable}=${quoted(env[variable] ?? "")}`;
  // With a sign-in by OAuth 2.0, this server does not sign its requests, so it needs no secrets for signatures.
  const signing = named.includes("TRELLO_OAUTH2_CLIENT_ID") ? [] : SIGNING;
  return [
    "# Settings of trello-identity-mcp, read by --settings-file. Only you can read this file.",
    ...named.filter((variable) => !OPTIONAL.flat().includes(variable)).map(line),
    ...(signing.length === 0
      ? []
      : ["", "# Only for a token that `login` made: every request is then signed."]),
    ...signing.map(line),
    "",
    "# The Atlassian directory behind Trello. Leave out what you do not have.",
    ...DIRECTORY.flat().map(line),
    "",
  ].join("\n");
}

/** A value in quotes, written so that `parseEnv` reads the same value. */
function quoted(value: string): string {
  if (/^[\w./:@+=-]*$/.test(value)) return value;
  const mark = ["'", '"', "`"].find((each) => !value.includes(each)) ?? "'";
  return `${mark}${value}${mark}`;
}
