import { type Setting, SETTINGS, type Variable } from "../../config/settings.ts";
import type { Start } from "../support/program.ts";
import type { ClientTarget } from "./clients.ts";

/** An entry of a client's file: how the client starts the server. */
export interface Entry {
  readonly type?: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Codex: the names of variables that it passes on. */
  readonly env_vars?: readonly string[];
}

/**
 * A value that VS Code asks the person for. VS Code hides it while the person types, and keeps it in its secret
 * storage.
 */
export interface Input {
  readonly type: "promptString";
  readonly id: string;
  readonly description: string;
  readonly password: boolean;
}

/** What is added to a client's file. */
export interface Addition {
  readonly name: string;
  readonly entry: Entry;
  readonly inputs: readonly Input[];
}

const NEEDED: readonly Variable[] = ["TRELLO_API_KEY", "TRELLO_API_TOKEN"];
/** What a sign-in by OAuth 2.0 may need beside its client id. */
const SIGN_IN: readonly Variable[] = ["TRELLO_OAUTH2_CLIENT_SECRET", "IDENTITY_STORE_KEY"];
/** Settings that belong together: if one is set now, the entry names both. */
const OPTIONAL: readonly (readonly Variable[])[] = [
  ["TRELLO_API_SECRET", "TRELLO_TOKEN_SECRET"],
  ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
  ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
];

/** The settings that an entry names: those that are required, and others that are set in this environment. */
export function namedSettings(env: Readonly<Record<string, string | undefined>>): readonly Variable[] {
  const needed = env["TRELLO_OAUTH2_CLIENT_ID"]
    ? (["TRELLO_OAUTH2_CLIENT_ID", ...SIGN_IN.filter((name) => env[name])] as const)
    : NEEDED;
  return [...needed, ...OPTIONAL.flatMap((pair) => (pair.every((name) => env[name]) ? pair : []))];
}

/** The entry of the sandbox. It has its own name, so that a file can have both this entry and the real one. */
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

/** The entry of the real Trello. It names the settings and contains no value of them. */
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

/** The settings file for clients that cannot keep secrets. Settings of this environment are filled in. */
export function settingsFileText(env: Readonly<Record<string, string | undefined>>): string {
  const line = (variable: Variable) => `${variable}=${quoted(env[variable] ?? "")}`;
  return [
    "# Settings of trello-identity-mcp, read by --settings-file. Only you can read this file.",
    ...NEEDED.map(line),
    "",
    "# The Atlassian directory behind Trello. Leave out what you do not have.",
    ...OPTIONAL.flat().map(line),
    "",
  ].join("\n");
}

/** A value, quoted so that `parseEnv` reads the same value. */
function quoted(value: string): string {
  return /^[\w./:@+=-]*$/.test(value) ? value : `'${value}'`;
}
