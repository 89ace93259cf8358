import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { flagName, type Setting, SETTINGS, type Variable, VARIABLES } from "../../config/settings.ts";
import { meantText } from "../../domain/nearest.ts";
import { builtFacts } from "../../server/tool-facts.built.ts";
import { planningNames, type ToolFacts } from "../../server/tool-facts.ts";
import { type CommandIo, UsageError } from "./command.ts";
import type { CommandFacts } from "./command-facts.ts";
import { readSettingsFile } from "./settings-file.ts";
import type { WatchedFiles } from "./watched-files.ts";
import { commandFacts, type CommandName, type COMMANDS } from "./commands.ts";

/** Reads the configuration from the environment and the flags of a command. */
export async function configure(
  io: Pick<CommandIo, "env" | "machine">,
  settings: Readonly<Partial<Record<Variable, string>>>,
  needs: { readonly trello: boolean },
  read: (path: string) => Promise<string> = (path) => readFile(path, "utf8"),
): Promise<Config> {
  return await loadConfig({
    env: io.env,
    flags: settings,
    machine: io.machine,
    readFile: read,
    needsTrello: needs.trello,
    // The names of the tools are needed only to check a policy file, so they are read only if there is a policy file.
    toolNames: async () => planningNames(await loadToolFacts()),
  });
}

/**
 * The configuration for a command that works on one store: the service's store, or the store of the tenant that
 * `--tenant` names. UsageError if the service has tenants and the flag names none of them.
 */
export async function configureStore(
  io: Pick<CommandIo, "env" | "machine">,
  settings: Readonly<Partial<Record<Variable, string>>>,
  tenant: string | undefined,
  needs: Parameters<typeof configure>[2] = { trello: false },
): Promise<Config> {
  const config = await configure(io, settings, needs);
  const names = config.tenants.map((each) => each.tenant);
  if (tenant === undefined && names.length === 0) return config;
  const found = config.tenants.find((each) => each.tenant === tenant);
  if (found) return found;
  if (names.length === 0)
    throw new UsageError(
      "--tenant works only for a service with tenants. Set IDENTITY_TENANT_CLAIM and IDENTITY_CONNECTIONS_FILE as for `http`, or leave the flag out.",
    );
  throw new UsageError(`Each tenant has its own store. Add --tenant with one of ${names.join(", ")}.`);
}

/**
 * Reads the settings from the flags of a command, and from the settings file if a flag names one. From now on, the
 * settings file is watched for changes.
 */
export async function watchedSettings(
  name: "http" | "stdio",
  io: Pick<CommandIo, "args">,
  files: Pick<WatchedFiles, "watch">,
): Promise<Readonly<Partial<Record<Variable, string>>>> {
  const { values, settings } = readFlags(name, io.args);
  const given: Readonly<Record<string, unknown>> = values;
  const file = given["settings-file"];
  if (typeof file !== "string") return settings;
  await files.watch(resolve(file));
  // The settings file may have changed after it was read and before the watching began, so it is read again.
  return readFlags(name, io.args).settings;
}

/**
 * The facts about all tools, such as their names and schemas. They are read from a file that the build makes. If the
 * file is missing, they are computed.
 */
export async function loadToolFacts(): Promise<readonly ToolFacts[]> {
  if (builtFacts) return builtFacts;
  const [{ catalog }, { toolFacts }] = await Promise.all([
    import("../../tools/catalog.ts"),
    import("../../server/tool-list.ts"),
  ]);
  return toolFacts(catalog);
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type FlagsOf<Name extends CommandName> = (typeof COMMANDS)[Name]["flags"];
type VerbOf<Name extends CommandName> = (typeof COMMANDS)[Name] extends { readonly verbs: infer Verbs }
  ? keyof Verbs & string
  : undefined;

export interface Flags<Name extends CommandName> {
  readonly values: ReturnType<typeof parseArgs<{ options: FlagsOf<Name> }>>["values"];
  /** The second word of a command with several tasks, such as `list` in `runs list`. */
  readonly verb: VerbOf<Name>;
  /** What the user typed after the command's words, such as the id in `runs show ID`; empty if nothing follows. */
  readonly id: string;
  /** Settings given as flags, as text. */
  readonly settings: Readonly<Partial<Record<Variable, string>>>;
}

const SETTING_FLAGS = new Map(VARIABLES.map((variable) => [flagName(variable), variable]));

/**
 * Reads the words after the command's name, as the table of commands describes them. UsageError for anything that is
 * not in the table. No message repeats a value, because it may be a secret.
 */
export function readFlags<const Name extends CommandName>(name: Name, args: readonly string[]): Flags<Name> {
  const command = commandFacts(name);
  assertNoSecrets(args);
  const { values, positionals } = parse([...args], { ...settingFlags(command), ...command.flags });
  for (const [flag, { choices }] of Object.entries(command.flags)) {
    const value = values[flag];
    if (choices && typeof value === "string" && !choices.includes(value))
      throw new UsageError(`--${flag} takes ${either(choices)}.${meantText(value, choices)}`);
  }
  const { verb, id } = readVerb(name, command, positionals);
  const file = values["settings-file"];
  const given: Partial<Record<Variable, string>> =
    typeof file === "string" ? { ...readSettingsFile(file) } : {};
  if (typeof file === "string" && values["sandbox"] === true)
    throw new UsageError(
      "The file of --settings-file has real credentials, but --sandbox must run without them.",
    );
  for (const [flag, variable] of SETTING_FLAGS) {
    const value = values[flag];
    if (value !== undefined) given[variable] = String(value);
  }
  assertNoPassword(given.IDENTITY_STORE_URL);
  return {
    values: values as Flags<Name>["values"],
    verb: verb as VerbOf<Name>,
    id,
    settings: given,
  };
}

function settingFlags({ settings }: CommandFacts): Options {
  if (!settings) return {};
  const flags: Options = { "settings-file": { type: "string" } };
  for (const [name, variable] of SETTING_FLAGS) {
    const setting: Setting = SETTINGS[variable];
    if (!setting.secret) flags[name] = { type: setting.bare ? "boolean" : "string" };
  }
  return flags;
}

function readVerb(
  name: CommandName,
  { verbs, verbLeftOut }: CommandFacts,
  [first = verbLeftOut, second, ...more]: readonly string[],
): { readonly verb: string | undefined; readonly id: string } {
  if (!verbs) {
    if (first === undefined) return { verb: undefined, id: "" };
    throw new UsageError(`There are more arguments than ${name} takes.`);
  }
  const verb = first !== undefined && Object.hasOwn(verbs, first) ? verbs[first] : undefined;
  if (first === undefined || !verb) {
    const names = Object.keys(verbs);
    throw new UsageError(
      `${name} takes ${either(names)}.${first === undefined ? "" : meantText(first, names)}`,
    );
  }
  if (more.length > 0) throw new UsageError(`There are more arguments than ${name} ${first} takes.`);
  if ((second === undefined) !== (verb.takes === undefined))
    throw new UsageError(`${name} ${first} takes ${verb.takes ?? "no id"}.`);
  return { verb: first, id: second ?? "" };
}

function either(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function parse(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    // The error message of Node's parser is not shown, because it can repeat a secret value.
    const code = (thrown as { code?: string }).code;
    const unknown = args.find((arg) => arg.startsWith("-") && !known(arg, options));
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && unknown !== undefined) {
      const name = nameOf(unknown);
      const meant = meantText(name.replace(/^-+/, ""), Object.keys(options), (flag) => `--${flag}`);
      throw new UsageError(`There is no flag ${name}.${meant}`);
    }
    const flag = args.map((arg) => nameOf(arg).slice(2)).find((arg) => needsValue(arg, args, options));
    if (flag !== undefined) throw new UsageError(`--${flag} needs a value.`);
    if (code?.startsWith("ERR_PARSE_ARGS_"))
      throw new UsageError(
        "A flag that takes no value was given a value. Write the flag without `=` and the text after it.",
      );
    throw thrown;
  }
}

/** Whether the user typed this flag without a value, although the flag needs one. */
function needsValue(flag: string, args: readonly string[], options: Options): boolean {
  if (options[flag]?.type !== "string") return false;
  const at = args.indexOf(`--${flag}`);
  return at >= 0 && (args[at + 1] ?? "-").startsWith("-");
}

function assertNoSecrets(args: readonly string[]): void {
  for (const arg of args) {
    const variable = SETTING_FLAGS.get(nameOf(arg).slice(2));
    if (variable === undefined || !arg.startsWith("--")) continue;
    const setting: Setting = SETTINGS[variable];
    if (setting.secret) {
      throw new UsageError(
        `${nameOf(arg)} is not accepted: other users of this machine can read a process's arguments. Set ${variable} in the environment.`,
      );
    }
  }
}

function assertNoPassword(storeUrl: string | undefined): void {
  if (storeUrl === undefined || !URL.canParse(storeUrl) || new URL(storeUrl).password === "") return;
  throw new UsageError(
    "--identity-store-url with a password is not accepted: other users of this machine can read a process's arguments. Set IDENTITY_STORE_URL in the environment.",
  );
}

function known(arg: string, options: Options): boolean {
  const name = nameOf(arg);
  if (name.startsWith("--")) return name.slice(2) in options;
  return Object.values(options).some((option) => option.short === name.slice(1));
}

function nameOf(arg: string): string {
  return arg.split("=", 1)[0]?.slice(0, 60) ?? "";
}
