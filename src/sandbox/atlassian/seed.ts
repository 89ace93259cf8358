/** Builds the Atlassian part of the sandbox: accounts, and one SCIM directory with its Users and groups. */
import { hash } from "node:crypto";
import type { AtlassianAccount, AtlassianProduct, AtlassianWorld, ScimGroup, ScimUser } from "../world.ts";

/** A person of the sandbox. `scim`: whether the SCIM directory has the person. */
export interface SeedPerson {
  readonly aaId: string;
  readonly name: string;
  readonly email: string;
  readonly scim: boolean;
  /** Product keys, such as `jira-software`, `confluence`, `trello`. */
  readonly products: string[];
  readonly active?: boolean;
  readonly groups: string[];
}

/** Ids and credentials of the sandbox's organization. */
export const ATLASSIAN_SEED = {
  idOrg: "0f3a9c52-7d1e-4b86-9a40-5c2e8d7f1b63",
  idDirectory: "6b1d4e87-2c95-4f3a-8e70-a94d5b3c1f28",
  /** The id of the directory in the organization API. The SCIM directory has another id. */
  idUserDirectory: "d2c7f094-83be-4a15-b6d8-1e9f40a7c352",
  scimToken: "sandbox-scim-token",
  orgApiKey: "sandbox-organization-api-key",
} as const;

const PRODUCT_NAMES: Readonly<Record<string, string>> = {
  "jira-software": "Jira",
  "jira-service-desk": "Jira Service Management",
  confluence: "Confluence",
  trello: "Trello",
  bitbucket: "Bitbucket",
  opsgenie: "Opsgenie",
  statuspage: "Statuspage",
};

const DAY_MS = 86_400_000;

/**
 * A UUID made from the given words. The same words always give the same UUID, so two sandboxes have the same
 * identifiers.
 */
export function stableId(...words: readonly string[]): string {
  const hex = hash("sha256", words.join("\u0000"), "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A new id. If two sandboxes get the same requests, they make the same ids. */
export function freshId(atlassian: AtlassianWorld, kind: string): string {
  atlassian.serial += 1;
  return stableId("fresh", kind, String(atlassian.serial));
}

/**
 * Builds a directory of the given people and their groups. With the same people and the same time, the directory is
 * always the same.
 */
export function seedAtlassian(people: readonly SeedPerson[], now: () => number): AtlassianWorld {
  const start = now();
  const created = new Date(start - 400 * DAY_MS).toISOString();
  const accounts = new Map<string, AtlassianAccount>();
  const users = new Map<string, ScimUser>();
  const groups = new Map<string, ScimGroup>();
  const verifiedDomains = new Set(
    people.filter((person) => person.scim).map((person) => domainOf(person.email)),
  );
  for (const person of people) {
    accounts.set(person.aaId, account(person, start, created, verifiedDomains));
    if (!person.scim) continue;
    const user = {
      ...plainScimUser(["", person.aaId], { ...person, created }),
      active: person.active ?? true,
      idAccount: person.aaId,
    };
    users.set(user.id, user);
    for (const displayName of new Set(person.groups)) {
      const id = stableId("group", displayName);
      const group = groups.get(id) ?? {
        id,
        externalId: null,
        displayName,
        members: [],
        created,
        lastModified: created,
      };
      group.members.push(user.id);
      groups.set(id, group);
    }
  }
  return {
    idOrg: ATLASSIAN_SEED.idOrg,
    orgApiKeys: new Set([ATLASSIAN_SEED.orgApiKey]),
    idUserDirectory: ATLASSIAN_SEED.idUserDirectory,
    verifiedDomains,
    serial: 0,
    accounts,
    directory: { id: ATLASSIAN_SEED.idDirectory, tokens: new Set([ATLASSIAN_SEED.scimToken]), users, groups },
  };
}

function account(
  person: SeedPerson,
  start: number,
  created: string,
  verifiedDomains: ReadonlySet<string>,
): AtlassianAccount {
  const active = person.active ?? true;
  const products = person.products.map((key) => product(person.aaId, key, start));
  return {
    id: person.aaId,
    name: person.name,
    email: person.email,
    status: active ? "active" : "inactive",
    membership: "active",
    managed: verifiedDomains.has(domainOf(person.email)),
    products: active ? products : [],
    withheldProducts: active ? [] : products,
    groups: [...new Set(person.groups)],
    roles: [],
    addedToOrg: created,
  };
}

/** The part of an email address after the last @, in lower case. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

function product(aaId: string, key: string, start: number): AtlassianProduct {
  // The product was last used 1 to 60 days ago. The time is midnight, because the API shows only the day.
  const daysAgo = 1 + (Number.parseInt(stableId(aaId, key).slice(0, 6), 16) % 60);
  const day = Math.floor((start - daysAgo * DAY_MS) / DAY_MS) * DAY_MS;
  return { key, name: PRODUCT_NAMES[key] ?? key, lastActive: new Date(day).toISOString() };
}

/** An active User with a name, one email and no other attribute. Its ids are computed from `kind` and `word`. */
export function plainScimUser(
  [kind, word]: readonly [kind: string, word: string],
  { email, name, created }: { readonly email: string; readonly name: string; readonly created: string },
): ScimUser {
  const [givenName = "", ...rest] = name.split(" ");
  return {
    id: stableId(`${kind}user`, word),
    externalId: `idp-${stableId(`${kind}external`, word).slice(0, 8)}`,
    userName: email,
    active: true,
    name: { givenName, familyName: rest.join(" ") },
    displayName: name,
    emails: [{ value: email, type: "work", primary: true }],
    title: null,
    department: null,
    organization: null,
    nickName: null,
    preferredLanguage: null,
    timezone: null,
    phoneNumbers: [],
    idAccount: null,
    created,
    lastModified: created,
  };
}
