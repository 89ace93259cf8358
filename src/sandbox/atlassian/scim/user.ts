/** How replies show a SCIM User, and how requests write one. */
import type { ScimDirectory, ScimGroup, ScimUser } from "../../world.ts";
import { isObject } from "../../route.ts";
import type { JsonObject } from "../../route.ts";
import { refuseScim } from "./reply.ts";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** Atlassian's SCIM extension, which contains the account's id. */
const ATLASSIAN_SCHEMA = "urn:scim:schemas:extension:atlassian-external:1.0";

/** The attributes that a client can set. All others are set by the server. */
export type UserAttributes = Omit<ScimUser, "id" | "idAccount" | "created" | "lastModified">;

const TEXTS = [
  "title",
  "department",
  "organization",
  "nickName",
  "preferredLanguage",
  "timezone",
] as const satisfies readonly (keyof UserAttributes)[];

/** The attributes that a client can set, with their right spelling. */
export const WRITABLE = [
  "userName",
  "externalId",
  "active",
  "name",
  "displayName",
  "emails",
  "phoneNumbers",
  ...TEXTS,
] as const;

/** The user as a reply shows it. `base` is the directory's URL; `groups` are the user's groups. */
export function showUser(
  { usersAsRecorded = false }: ScimDirectory,
  user: ScimUser,
  { base, groups }: { readonly base: string; readonly groups: readonly ScimGroup[] },
): JsonObject {
  const enterprise = {
    ...(user.organization !== null && { organization: user.organization }),
    ...(user.department !== null && { department: user.department }),
  };
  const hasEnterprise = Object.keys(enterprise).length > 0;
  return {
    schemas: [
      USER_SCHEMA,
      ...(hasEnterprise || usersAsRecorded ? [ENTERPRISE_SCHEMA] : []),
      ...(user.idAccount !== null || usersAsRecorded ? [ATLASSIAN_SCHEMA] : []),
    ],
    id: user.id,
    ...writableDocument(user),
    groups: groups.map((group) => ({
      type: "GROUP",
      value: group.id,
      display: group.displayName,
      $ref: `${base}/Groups/${group.id}`,
    })),
    meta: usersAsRecorded ? recordedMeta(user, base) : publishedMeta(user, base),
    ...(hasEnterprise && { [ENTERPRISE_SCHEMA]: enterprise }),
    ...(user.idAccount !== null && { [ATLASSIAN_SCHEMA]: { atlassianAccountId: user.idAccount } }),
  };
}

/** The published schema lists `USER`. */
function publishedMeta({ id, lastModified, created }: ScimUser, base: string): JsonObject {
  return { resourceType: "USER", location: `${base}/Users/${id}`, lastModified, created };
}

/**
 * The field `meta` as three recorded Users have it. It differs from the published schema: `resourceType` is "User", the
 * URL has the public host, and seconds have five or six decimal digits.
 */
function recordedMeta({ id, lastModified, created }: ScimUser, base: string): JsonObject {
  const fine = (date: string, digits: string) => date.replace("Z", `${digits}Z`);
  return {
    resourceType: "User",
    location: `https://api.atlassian.com${base.slice(base.indexOf("/scim/"))}/Users/${id}`,
    lastModified: fine(lastModified, "417"),
    created: fine(created, "08"),
  };
}

/** The attributes of a User that a PATCH can change. Attributes without a value are left out (RFC 7643 section 2.5). */
export function writableDocument(user: UserAttributes): JsonObject {
  const { omits = [] } = user;
  const whole = wholeDocument(user);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !omits.includes(name)));
}

function wholeDocument(user: UserAttributes): JsonObject {
  return {
    userName: user.userName,
    ...(user.externalId !== null && { externalId: user.externalId }),
    name: {
      ...user.name,
      formatted: [user.name.givenName, user.name.familyName].filter((part) => part !== "").join(" "),
    },
    displayName: user.displayName,
    ...Object.fromEntries(TEXTS.filter((key) => user[key] !== null).map((key) => [key, user[key]])),
    emails: user.emails.map((email) => ({ ...email })),
    ...(user.phoneNumbers.length > 0 && { phoneNumbers: user.phoneNumbers.map((phone) => ({ ...phone })) }),
    active: user.active,
  };
}

/** Reads a User from the body of a POST or PUT, or from a patched document. What `body` does not contain is deleted. */
export function readUser(body: JsonObject): UserAttributes {
  const userName = textOf(body, "userName");
  if (userName === null || userName.trim() === "") refuseScim(400, "userName is required", "invalidValue");
  const name = isObject(body["name"]) ? body["name"] : {};
  const givenName = textOf(name, "givenName") ?? "";
  const familyName = textOf(name, "familyName") ?? "";
  const fullName = [givenName, familyName].filter((part) => part !== "").join(" ");
  const emails = valuesOf(body, "emails", "work");
  if (emails.filter((email) => email.primary).length !== 1) {
    refuseScim(400, "emails is required, with one value marked as primary", "invalidValue");
  }
  const extension = isObject(body[ENTERPRISE_SCHEMA]) ? body[ENTERPRISE_SCHEMA] : {};
  return {
    userName,
    externalId: textOf(body, "externalId"),
    active: readActive(body["active"]),
    name: { givenName, familyName },
    displayName: textOf(body, "displayName") ?? (fullName || userName),
    emails,
    title: textOf(body, "title"),
    department: textOf(body, "department") ?? textOf(extension, "department"),
    organization: textOf(body, "organization") ?? textOf(extension, "organization"),
    nickName: textOf(body, "nickName"),
    preferredLanguage: textOf(body, "preferredLanguage"),
    timezone: textOf(body, "timezone"),
    phoneNumbers: valuesOf(body, "phoneNumbers", "work"),
  };
}

/** `active` as identity providers send it: a boolean, or the text "True" or "False" (Microsoft Entra ID). */
function readActive(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (word === "true" || word === "false") return word === "true";
  return refuseScim(400, "active is not a boolean", "invalidValue");
}

function textOf(body: JsonObject, key: string): string | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : refuseScim(400, `${key} is not a string`, "invalidValue");
}

function valuesOf(body: JsonObject, key: string, type: string): ScimUser["emails"] {
  const list = body[key] ?? [];
  if (!Array.isArray(list)) refuseScim(400, `${key} is not an array`, "invalidValue");
  return list.map((entry: unknown) => {
    if (!isObject(entry) || typeof entry["value"] !== "string" || entry["value"] === "") {
      return refuseScim(400, `${key} has an entry without a value`, "invalidValue");
    }
    return { value: entry["value"], type: textOf(entry, "type") ?? type, primary: entry["primary"] === true };
  });
}
