// This file and the YAML parser are loaded only if there is a connections file.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { ApplicationConnection } from "../domain/application.ts";
import type { RosterConnection } from "../domain/roster.ts";
import { applicationForm, applicationOf } from "./application-settings.ts";
import { connectionOf, rosterForm, type SecretRef } from "./roster-settings.ts";
import { createSecret, type Secret } from "./secret.ts";
import { mistakesIn, readYaml } from "./yaml.ts";

/** A mistake in the connections file. `line` is counted from 1. */
interface ConnectionProblem {
  readonly line: number;
  readonly message: string;
}

/** How the secrets that the file names are found. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readFile(path: string): Promise<string>;
  /** The path of the connections file. A relative path in the file begins in the file's folder. */
  readonly path: string;
}

/** Names that a roster may not have, because tools use them for something else. */
const TAKEN: ReadonlySet<string> = new Set(["scim", "csv"]);

/** Reads a list of named connections. `one`: the word for one of them in messages. */
function namedForms<Form extends z.ZodType>(form: Form, one: string, taken: ReadonlySet<string>) {
  return z
    .record(z.string(), form, { error: "must be a list of names, each with its settings" })
    .superRefine((named, context) => {
      for (const name of Object.keys(named)) {
        const message = taken.has(name.toLowerCase())
          ? "is a name that tools use for something else; choose another"
          : /^[A-Za-z0-9][\w-]{0,39}$/.test(name)
            ? null
            : "must be a name of at most 40 letters, digits, - and _";
        if (message !== null) context.addIssue({ code: "custom", path: [name], message });
      }
      if (Object.keys(named).length === 0) context.addIssue({ code: "custom", message: `has no ${one}` });
    });
}

const file = z
  .strictObject({
    rosters: namedForms(rosterForm, "roster", TAKEN).optional(),
    directories: namedForms(applicationForm, "application", new Set()).optional(),
  })
  .refine(({ rosters, directories }) => rosters !== undefined || directories !== undefined, {
    path: ["rosters"],
    error: "must be a list of names, each with its settings; or write directories",
  });

/** Keys that only later versions will read. They have no effect now, so they are refused. */
const NOT_YET: ReadonlySet<string> = new Set(["tenants"]);

/** Everything that a connections file names. */
export interface Connections {
  readonly rosters: readonly RosterConnection[];
  readonly applications: readonly ApplicationConnection[];
}

/** Reads a connections file and the secrets that it names. Reports every mistake with its line. */
export async function parseConnections(
  written: string,
  sources: SecretSources,
): Promise<Connections | { readonly problems: readonly ConnectionProblem[] }> {
  const yaml = readYaml(written);
  if (yaml.broken.length > 0)
    return { problems: yaml.broken.map((line) => ({ line, message: "is not valid YAML" })) };
  const parsed = file.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    const unknown = (path: readonly PropertyKey[]) =>
      path.length === 1 && NOT_YET.has(String(path[0]))
        ? "does nothing in this version"
        : "is not a setting here";
    return { problems: mistakesIn(parsed.error, yaml, unknown) };
  }
  const problems: ConnectionProblem[] = [];
  const secretsIn = async (part: keyof typeof parsed.data, name: string, form: object) => {
    const secrets = new Map<string, Secret>();
    for (const [key, ref] of Object.entries(form)) {
      if (typeof ref !== "object" || ref === null) continue;
      const found = await secretAt(ref as SecretRef, sources);
      if (typeof found !== "string") secrets.set(key, found);
      else
        problems.push({ line: yaml.lineOf([part, name, key]), message: `${part}.${name}.${key} ${found}` });
    }
    return (key: string) => secrets.get(key) ?? createSecret("");
  };
  const { rosters = {}, directories = {} } = parsed.data;
  const found: Connections = {
    rosters: await inTurn(Object.entries(rosters), async ([name, form]) =>
      connectionOf(name, form, await secretsIn("rosters", name, form)),
    ),
    applications: await inTurn(Object.entries(directories), async ([name, form]) =>
      applicationOf(name, form, await secretsIn("directories", name, form)),
    ),
  };
  return problems.length > 0 ? { problems } : found;
}

/** Connections are read one after the other, so that mistakes are reported in the order of the file. */
async function inTurn<From, To>(all: readonly From[], make: (from: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const each of all) made.push(await make(each));
  return made;
}

/** The secret that an entry of the file names; or what is wrong with the entry. */
async function secretAt(
  { from, name }: SecretRef,
  { env, readFile, path }: SecretSources,
): Promise<Secret | string> {
  if (from === "env") {
    const value = env[name]?.trim();
    return value ? createSecret(value) : `names ${name}, which is not set`;
  }
  try {
    const value = (await readFile(resolve(dirname(path), name))).trim();
    return value === "" ? "names a file that is empty" : createSecret(value);
  } catch {
    return "names a file that cannot be read; a relative path begins in the folder of the connections file";
  }
}
