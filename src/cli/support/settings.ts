import { readFile } from "node:fs/promises";
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { flagName, type Setting, SETTINGS, type Variable, VARIABLES } from "../../config/settings.ts";
import { type CommandIo, UsageError } from "./command.ts";

/** The configuration from a command's environment and flags. */
export async function configure(
  io: Pick<CommandIo, "env" | "machine">,
  settings: Readonly<Partial<Record<Variable, string>>>,
  needs: { readonly trello: boolean },
): Promise<Config> {
  return await loadConfig({
    env: io.env,
    flags: settings,
    machine: io.machine,
    readFile: (path) => readFile(path, "utf8"),
    needsTrello: needs.trello,
    // Loaded on demand: most have no policy file, and some commands need no tools.
    async toolNames() {
      const { catalog, plannedTools } = await import("../../tools/catalog.ts");
      return plannedTools(catalog);
    },
  });
}

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Flags<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O }>>["values"];
  readonly positionals: readonly string[];
  /** Settings given as flags, as text. */
  readonly settings: Readonly<Partial<Record<Variable, string>>>;
}

const SETTING_FLAGS = new Map(VARIABLES.map((variable) => [flagName(variable), variable]));

/** Reads the flags of a command and of the settings. Anything else is a UsageError that repeats no value. */
export function readFlags<const O extends Options>(
  args: readonly string[],
  options: O,
  positionals: { readonly max: number } = { max: 0 },
): Flags<O> {
  assertNoSecrets(args);
  const settings: Options = {};
  for (const [name, variable] of SETTING_FLAGS) {
    const setting: Setting = SETTINGS[variable];
    if (!setting.secret) settings[name] = { type: setting.bare ? "boolean" : "string" };
  }
  const parsed = parse([...args], { ...settings, ...options });
  if (parsed.positionals.length > positionals.max) {
    throw new UsageError("There are more arguments than this command takes.");
  }
  const given: Partial<Record<Variable, string>> = {};
  for (const [name, variable] of SETTING_FLAGS) {
    const value = parsed.values[name];
    if (value !== undefined) given[variable] = String(value);
  }
  assertNoPassword(given.IDENTITY_STORE_URL);
  return { values: parsed.values as Flags<O>["values"], positionals: parsed.positionals, settings: given };
}

function parse(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    // Node's own text is not shown, because it can repeat a value.
    const code = (thrown as { code?: string }).code;
    const unknown = args.find((arg) => arg.startsWith("-") && !known(arg, options));
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && unknown !== undefined) {
      throw new UsageError(`There is no flag ${nameOf(unknown)}.`);
    }
    if (code?.startsWith("ERR_PARSE_ARGS_"))
      throw new UsageError("A flag has no value, or a value that it does not take.");
    throw thrown;
  }
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
