import { type Setting, SETTINGS } from "../../config/settings.ts";
import { AppError } from "../../domain/error.ts";
import type { Addition, Input } from "./entry.ts";

type JsonObject = Record<string, unknown>;

const BY_HAND = "Run the command again without --write, and paste the configuration by hand.";

/** The part that the command `init` adds to the client's file, alone, as JSON text for the user to paste. */
export function jsonText(section: string, { name, entry, inputs }: Addition): string {
  return JSON.stringify({ [section]: { [name]: entry }, ...(inputs.length > 0 ? { inputs } : {}) }, null, 2);
}

/**
 * Adds this command's part to the text of a client's JSON file. Everything else stays, also values in `env` that the
 * user wrote into an earlier entry. CONFIG_INVALID if the file is not plain JSON. `path`: the file's path, for
 * messages.
 */
export function mergeJson(
  text: string,
  section: string,
  { name, entry, inputs }: Addition,
  path: string,
): string {
  const file = text.trim() === "" ? {} : parse(text, path);
  const servers = member(file, section, path);
  const earlier = member(member(servers, name, path), "env", path);
  const kept = Object.entries(earlier).filter(([, value]) => value !== "");
  const env = { ...entry.env, ...Object.fromEntries(kept) };
  servers[name] = { ...entry, ...(Object.keys(env).length > 0 ? { env } : {}) };
  const merged = {
    ...file,
    [section]: servers,
    ...(inputs.length > 0 ? { inputs: mergeInputs(file, inputs, path) } : {}),
  };
  return JSON.stringify(merged) === JSON.stringify(file)
    ? text
    : `${JSON.stringify(merged, null, indent(text))}\n`;
}

/**
 * Names of the secrets whose values the server's entry in the client's file contains as readable text. The user may
 * have written them into the entry.
 */
export function literalSecrets(text: string, section: string, name: string): readonly string[] {
  const env = member(member(member(parse(text, name), section, name), name, name), "env", name);
  return Object.entries(env)
    .filter(([variable, value]) => isSecret(variable) && typeof value === "string" && !value.startsWith("${"))
    .map(([variable]) => variable);
}

function isSecret(name: string): boolean {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return settings[name]?.secret === true;
}

/**
 * The `inputs` of a client's file (the values for which VS Code asks the user), together with the inputs that this
 * command adds. If both have an input with the same id, the input of this command is used.
 */
function mergeInputs(file: JsonObject, inputs: readonly Input[], path: string): readonly unknown[] {
  const earlier = file["inputs"] ?? [];
  if (!Array.isArray(earlier))
    throw notMerged(`\`inputs\` in ${path} is not a list, so nothing was changed.`);
  const ours = new Map<unknown, Input>(inputs.map((input) => [input.id, input]));
  const others = earlier.filter((input: unknown) => !isObject(input) || !ours.has(input["id"]));
  return [...others, ...inputs];
}

/** The indentation of the first indented line. The new text uses the same, so that the file keeps its style. */
function indent(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

function parse(text: string, path: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Some clients accept comments in the file. Writing would delete them, so such a file is refused.
  }
  throw notMerged(`${path} is not plain JSON, so nothing was changed.`);
}

function member(object: JsonObject, name: string, path: string): JsonObject {
  const value = object[name];
  if (value === undefined) return {};
  if (isObject(value)) return { ...value };
  throw notMerged(`\`${name}\` in ${path} is not an object, so nothing was changed.`);
}

function notMerged(message: string): AppError {
  return new AppError("CONFIG_INVALID", message, { next: BY_HAND });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
