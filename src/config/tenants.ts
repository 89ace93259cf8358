// The tenants in the connections file. This code is loaded only if there is a connections file.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { type SecretRef, secretRef } from "./roster-settings.ts";
import type { Secret } from "./secret.ts";
import { type Setting, SETTINGS, type Variable } from "./settings.ts";
import { TENANT_VARIABLES } from "./tenant-settings.ts";

/** A tenant as the file describes it. The settings are not checked yet. */
export interface Tenant {
  readonly name: string;
  /** A person belongs to this tenant if the tenant claim of the access token has one of these values. */
  readonly claims: readonly string[];
  readonly texts: ReadonlyMap<Variable, string>;
  /** The line of the tenant in the file, from 1. */
  readonly line: number;
}

const VALUE = { error: "must be text, or a list of texts" };
const text = z.string(VALUE).trim().min(1, "must not be empty");
const value = z
  .union([text, z.number(), z.boolean(), z.array(text).min(1, "must not be empty")], VALUE)
  .transform((given) => [given].flat().map(String));

const settings: Record<string, z.ZodType<readonly string[] | SecretRef | undefined>> = Object.fromEntries(
  TENANT_VARIABLES.map((variable) => [keyOf(variable), (isSecret(variable) ? secretRef : value).optional()]),
);

/**
 * The schema of one tenant: its values of the tenant claim, its settings, and its rosters and applications (`parts`).
 */
export const tenantForm = <Parts extends z.ZodRawShape>(parts: Parts) =>
  z
    .strictObject({ ...parts, ...settings, claim: value.optional() }, { error: "must be a list of settings" })
    .superRefine((form, context) => {
      for (const key of ["trello_api_key", "trello_api_token"])
        if (!(key in form))
          context.addIssue({ code: "custom", message: `needs ${key}: env:NAME or file:PATH` });
    });

/** The schema of the list of tenants. A value of the claim may belong to one tenant only. */
export function namedTenants<Form extends { readonly claim?: unknown }>(form: z.ZodType<Form>) {
  return z
    .record(z.string(), form, { error: "must be a list of names; below each name are its settings" })
    .superRefine((named, context) => {
      const owners = new Map<string, string>();
      for (const [name, { claim }] of Object.entries(named)) {
        const refuse = (message: string, path = [name]) =>
          context.addIssue({ code: "custom", path, message });
        // The tenant's name becomes a part of the name of a file, and of a schema of the database.
        if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
          refuse("must be a name of small letters, digits and -, at most 40");
        for (const each of claimsOf(name, claim)) {
          const owner = owners.get(each);
          if (owner !== undefined)
            refuse(
              `has a value that already belongs to the tenant ${owner}`,
              claim === undefined ? [name] : [name, "claim"],
            );
          owners.set(each, name);
        }
      }
      if (Object.keys(named).length === 0) context.addIssue({ code: "custom", message: "has no tenant" });
    });
}

/** The tenant's values of the claim. If the file gives none, the tenant's name is the value. */
function claimsOf(name: string, claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.map(String) : [name];
}

/**
 * Makes a tenant from its settings in the connections file. `secret` returns the secret to which a setting refers. For
 * a command that sends no requests to upstreams, `secret` is null, and the settings of upstreams are left out. `path`:
 * the path of the connections file. A relative path in the settings begins in the folder of the connections file.
 */
export function tenantOf(
  name: string,
  form: Readonly<Record<string, unknown>>,
  {
    path,
    line,
    secret,
  }: { readonly path: string; readonly line: number; readonly secret: ((key: string) => Secret) | null },
): Tenant {
  const texts = new Map<Variable, string>();
  for (const variable of TENANT_VARIABLES) {
    const given = form[keyOf(variable)];
    if (given === undefined || (secret === null && UPSTREAM.test(variable))) continue;
    const text = Array.isArray(given) ? given.join(",") : (secret?.(keyOf(variable)).reveal() ?? "");
    texts.set(variable, variable === "IDENTITY_POLICY_FILE" ? resolve(dirname(path), text) : text);
  }
  return { name, claims: claimsOf(name, form["claim"]), texts, line };
}

const UPSTREAM = /^(TRELLO|ATLASSIAN|IDENTITY_NOTIFY)_/;

function keyOf(variable: Variable): string {
  return variable.toLowerCase();
}

function isSecret(variable: Variable): boolean {
  const setting: Setting = SETTINGS[variable];
  return setting.secret === true;
}
