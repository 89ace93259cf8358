// The attributes of a SCIM User. The functions say which attributes PATCH changes and which PUT deletes, and compare
// values.
import type { Json } from "./json.ts";
import { ENTERPRISE_SCHEMA } from "./scim.ts";
import type { ScimPatchOperation, ScimPlural, ScimUser, ScimUserResource } from "./scim.ts";

/**
 * The attributes that a client can set, by their paths in PATCH. `department` and `organization` are in the enterprise
 * extension.
 */
export const SCIM_ATTRIBUTES = [
  "userName",
  "externalId",
  "active",
  "name.givenName",
  "name.familyName",
  "name.middleName",
  "name.honorificPrefix",
  "name.honorificSuffix",
  "displayName",
  "emails",
  "phoneNumbers",
  "title",
  "nickName",
  "preferredLanguage",
  "timezone",
  "department",
  "organization",
] as const;
export type ScimAttribute = (typeof SCIM_ATTRIBUTES)[number];

/** New values of a User, by attribute. The value null deletes the old value. */
export type ScimAttributes = { readonly [Name in ScimAttribute]?: Json };

/** All values of a User that a client can set. If they are sent back with PUT, nothing changes. */
export function scimResourceOf(user: ScimUser): ScimUserResource {
  const extension = user[ENTERPRISE_SCHEMA];
  const texts = {
    externalId: user.externalId,
    displayName: user.displayName,
    title: user.title,
    nickName: user.nickName,
    preferredLanguage: user.preferredLanguage,
    timezone: user.timezone,
    department: extension?.department ?? user.department,
    organization: extension?.organization ?? user.organization,
  };
  const { middleName, honorificPrefix, honorificSuffix } = user.name ?? {};
  return {
    userName: user.userName,
    ...said(texts),
    name: {
      givenName: user.name?.givenName ?? "",
      familyName: user.name?.familyName ?? "",
      ...said({ middleName, honorificPrefix, honorificSuffix }),
    },
    emails: pluralOf(user.emails),
    ...(user.phoneNumbers?.length ? { phoneNumbers: pluralOf(user.phoneNumbers) } : {}),
    ...(user.active === null ? {} : { active: user.active }),
  };
}

/** The attributes that have a value. */
export function scimAttributesOf(resource: ScimUserResource): ScimAttributes {
  const { name, ...rest } = resource;
  const all: Readonly<Record<string, Json | undefined>> = {
    ...rest,
    ...Object.fromEntries(Object.entries(name).map(([part, value]) => [`name.${part}`, value])),
  };
  return Object.fromEntries(
    SCIM_ATTRIBUTES.flatMap((path) => (isAbsent(all[path]) ? [] : [[path, all[path]]])),
  ) as ScimAttributes;
}

/** The attributes that the old User has and the new version does not have. PUT deletes them. */
export function clearedBy(before: ScimUserResource, after: ScimUserResource): readonly ScimAttribute[] {
  const kept = scimAttributesOf(after);
  return attributeNames(scimAttributesOf(before)).filter((name) => kept[name] === undefined);
}

/**
 * Whether a User has the given values; null means "no value". For some attributes, upper and lower case make no
 * difference (RFC 7643 section 4.1).
 */
export function hasAttributes(user: ScimUser, wanted: ScimAttributes): boolean {
  const found = scimAttributesOf(scimResourceOf(user));
  return attributeNames(wanted).every((name) => sameValue(name, wanted[name], found[name]));
}

/** The PATCH operations that set the given values and remove those that are null (RFC 7644 section 3.5.2). */
export function patchOf(wanted: ScimAttributes): readonly ScimPatchOperation[] {
  return attributeNames(wanted).map((name) => {
    const path = name === "department" || name === "organization" ? `${ENTERPRISE_SCHEMA}:${name}` : name;
    const value = wanted[name];
    return isAbsent(value) ? { op: "remove", path } : { op: "replace", path, value };
  });
}

function attributeNames(values: ScimAttributes): readonly ScimAttribute[] {
  return SCIM_ATTRIBUTES.filter((name) => values[name] !== undefined);
}

function sameValue(name: ScimAttribute, a: Json | undefined, b: Json | undefined): boolean {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  return comparable(name, a) === comparable(name, b);
}

/**
 * Makes a text from a value, so that two values can be compared. In a list, neither the order of its values nor their
 * `type` counts, because servers may change both.
 */
function comparable(name: ScimAttribute, value: Json | undefined): string {
  if (Array.isArray(value)) {
    const rows = (value as readonly Partial<ScimPlural>[]).map(
      (row) => `${row.value?.toLowerCase() ?? ""} ${row.primary === true}`,
    );
    return JSON.stringify(rows.toSorted());
  }
  return JSON.stringify(name === "userName" && typeof value === "string" ? value.toLowerCase() : value);
}

function isAbsent(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function said<Name extends string>(
  texts: Readonly<Record<Name, string | null | undefined>>,
): { readonly [Each in Name]?: string } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text)) as {
    readonly [Each in Name]?: string;
  };
}

function pluralOf(
  rows:
    | readonly {
        readonly value: string;
        readonly type?: string | null | undefined;
        readonly primary?: boolean | null | undefined;
      }[]
    | null
    | undefined,
): readonly ScimPlural[] {
  return (rows ?? []).map(({ value, type, primary }) => ({
    value,
    ...(type ? { type } : {}),
    primary: primary === true,
  }));
}
