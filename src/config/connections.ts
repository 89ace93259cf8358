// This file and the YAML parser are loaded only if there is a connections file.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { ApplicationConnection } from "../domain/application.ts";
import type { RosterConnection } from "../domain/roster.ts";
import { applicationForm, applicationOf } from "./application-settings.ts";
import { connectionOf, rosterForm, type SecretRef } from "./roster-settings.ts";
import { createSecret, type Secret } from "./secret.ts";
import { namedTenants, type Tenant, tenantForm, tenantOf } from "./tenants.ts";
import { mistakesIn, readYaml } from "./yaml.ts";

/** A mistake in the connections file. `line` is counted from 1. */
interface ConnectionProblem {
  readonly line: number;
  readonly message: string;
}

/** Where to find the secrets to which the connections file refers: in environment variables or in files. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readFile(path: string): Promise<string>;
  /** The path of the connections file. A relative path in the file begins in the file's folder. */
  readonly path: string;
  /** Whether the command sends requests to an upstream. If false, no secret is read. */
  readonly needsSecrets?: boolean;
}

/** Names that a roster must not have, because these words have another meaning in the arguments of tools. */
const TAKEN: ReadonlySet<string> = new Set(["scim", "csv"]);

/** The schema for a list of named connections. `one`: the word for one connection in messages, such as "roster". */
function namedForms<Form extends z.ZodType>(form: Form, one: string, taken: ReadonlySet<string>) {
  return z
    .record(z.string(), form, { error: "must be a list of names; below each name are its settings" })
    .superRefine((named, context) => {
      for (const name of Object.keys(named)) {
        const message = taken.has(name.toLowerCase())
          ? "is a word with another meaning in the tools; choose another name"
          : /^[A-Za-z0-9][\w-]{0,39}$/.test(name)
            ? null
            : "must be a name of at most 40 letters, digits, - and _";
        if (message !== null) context.addIssue({ code: "custom", path: [name], message });
      }
      if (Object.keys(named).length === 0) context.addIssue({ code: "custom", message: `has no ${one}` });
    });
}

const parts = {
  rosters: namedForms(rosterForm, "roster", TAKEN).optional(),
  directories: namedForms(applicationForm, "application", new Set()).optional(),
};

const file = z
  .strictObject({ ...parts, tenants: namedTenants(tenantForm(parts)).optional() })
  .refine((written) => Object.values(written).some((part) => part !== undefined), {
    path: ["rosters"],
    error: "must contain rosters, directories or tenants, and below them a list of names with their settings",
  });

/** The connections of the whole service or of one tenant. */
export interface Connected {
  readonly rosters: readonly RosterConnection[];
  readonly applications: readonly ApplicationConnection[];
}

/** Everything that a connections file names. */
export interface Connections extends Connected {
  readonly tenants: readonly (Tenant & Connected)[];
}

/** Reads a connections file and the secrets to which it refers. Reports every mistake with its line. */
export async function parseConnections(
  written: string,
  sources: SecretSources,
): Promise<Connections | { readonly problems: readonly ConnectionProblem[] }> {
  const yaml = readYaml(written);
  if (yaml.broken.length > 0)
    return { problems: yaml.broken.map((line) => ({ line, message: "is not valid YAML" })) };
  const parsed = file.safeParse(yaml.value ?? {});
  if (!parsed.success) return { problems: mistakesIn(parsed.error, yaml, () => "is not a setting here") };
  const { needsSecrets = true } = sources;
  const problems: ConnectionProblem[] = [];

  /** The secrets of one entry in the file, by the name of the setting. */
  const secretsAt = async (place: readonly string[], form: object) => {
    const secrets = new Map<string, Secret>();
    for (const [key, ref] of Object.entries(form)) {
      if (!isReference(ref)) continue;
      const found = await secretAt(ref, sources);
      if (typeof found !== "string") secrets.set(key, found);
      else
        problems.push({
          line: yaml.lineOf([...place, key]),
          message: `${[...place, key].join(".")} ${found}`,
        });
    }
    return (key: string) => secrets.get(key) ?? createSecret("");
  };

  const connectedAt = async (place: readonly string[], named: Parts): Promise<Connected> => {
    // A command that sends no requests to an upstream needs no connections.
    const { rosters = {}, directories = {} } = needsSecrets ? named : {};
    return {
      rosters: await inTurn(Object.entries(rosters), async ([name, form]) =>
        connectionOf(name, form, await secretsAt([...place, "rosters", name], form)),
      ),
      applications: await inTurn(Object.entries(directories), async ([name, form]) =>
        applicationOf(name, form, await secretsAt([...place, "directories", name], form)),
      ),
    };
  };

  const { tenants = {}, ...own } = parsed.data;
  const found: Connections = {
    ...(await connectedAt([], own)),
    tenants: await inTurn(Object.entries(tenants), async ([name, form]) => {
      const place = ["tenants", name];
      const secret = needsSecrets ? await secretsAt(place, form) : null;
      const tenant = tenantOf(name, form, { path: sources.path, line: yaml.lineOf(place), secret });
      return { ...tenant, ...(await connectedAt(place, form)) };
    }),
  };
  return problems.length > 0 ? { problems } : found;
}

interface Parts {
  readonly rosters?: z.output<typeof parts.rosters>;
  readonly directories?: z.output<typeof parts.directories>;
}

function isReference(value: unknown): value is SecretRef {
  return typeof value === "object" && value !== null && "from" in value;
}

/** Makes connections one after the other, so that mistakes are reported in the order of the file. */
async function inTurn<From, To>(all: readonly From[], make: (from: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const each of all) made.push(await make(each));
  return made;
}

/** The secret to which an entry of the file refers; or a text that says what is wrong with the entry. */
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
    return "names a file that cannot be read; check the path, which begins in the folder of the connections file if it is relative";
  }
}
