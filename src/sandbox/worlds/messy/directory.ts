import { ATLASSIAN_SEED, plainScimUser, stableId } from "../../atlassian/seed.ts";
import type { AtlassianAccount, AtlassianWorld, ScimDirectory, ScimGroup, ScimUser } from "../../world.ts";
import { messyAccounts, VERIFIED } from "./accounts.ts";
import { DAY_MS, deal, rank, take } from "./dice.ts";
import { formerName, ordinaryName } from "./names.ts";
import { DOMAINS } from "./people.ts";
import type { MessyPerson } from "./people.ts";

/** The name of an API key that may read users and groups but change nothing. */
export const SCOPED_KEY = "sandbox-organization-api-key-read-only";

/** The organization with its accounts and its three directories. The SCIM token is for the first directory. */
export function messyAtlassian(people: readonly MessyPerson[], at: number): AtlassianWorld {
  const accounts = messyAccounts(people, at);
  const created = new Date(at - 400 * DAY_MS).toISOString();
  const users = messyUsers(accounts, created);
  const directory: ScimDirectory = {
    id: ATLASSIAN_SEED.idDirectory,
    tokens: new Set([ATLASSIAN_SEED.scimToken]),
    users: new Map(users.map((user) => [user.id, user])),
    groups: new Map(messyGroups(users, accounts, created).map((group) => [group.id, group])),
    usersAsRecorded: true,
    changesWhileRead: true,
  };
  return {
    idOrg: ATLASSIAN_SEED.idOrg,
    orgApiKeys: new Set([ATLASSIAN_SEED.orgApiKey]),
    scopedKeys: new Map([[SCOPED_KEY, new Set(["read:user:admin", "read:group:admin", "read:org:admin"])]]),
    idUserDirectory: ATLASSIAN_SEED.idUserDirectory,
    verifiedDomains: new Set(VERIFIED),
    serial: 0,
    accounts: new Map(accounts.map((account) => [account.id, account])),
    directory,
    otherDirectories: otherDirectories(users, created),
    likeExamples: true,
  };
}

function user(idWord: string, email: string, name: string, created: string): ScimUser {
  return plainScimUser(["messy ", idWord], { email, name, created });
}

function messyUsers(accounts: readonly AtlassianAccount[], created: string): ScimUser[] {
  const ours = accounts.filter(({ managed, lifecycle }) => managed && lifecycle !== "closed");
  // One in ten accounts was invited, so it does not come from the identity provider.
  const invited = new Set(deal("invited", ours.slice(2), 34));
  const users = ours
    .filter((account) => !invited.has(account))
    .map((account) => ({
      ...user(account.id, account.email, account.name, created),
      idAccount: account.id as string | null,
      active: account.status === "active",
    }));
  const pool = users.slice(2);
  for (const each of take("unlinked", pool, 7)) each.idAccount = null;
  const again = take("made again", pool, 10).flatMap((old, n) => madeAgain(old, n, accounts, created));
  const without = Array.from({ length: 10 }, (_, n) => {
    const name = ordinaryName(n + 900);
    return user(`without ${n}`, `${name.toLowerCase().replace(" ", ".")}@${DOMAINS.agency}`, name, created);
  });
  const all = [...users, ...again, ...without];
  nameUsers(all, accounts);
  omitSome(all);
  return all;
}

/**
 * Users whose email was changed at the identity provider. The old User is inactive, and the new User has another
 * account or none.
 */
function madeAgain(
  old: ScimUser,
  n: number,
  accounts: readonly AtlassianAccount[],
  created: string,
): ScimUser[] {
  const account = accounts.find(({ id }) => id === old.idAccount);
  if (!account) return [];
  old.active = false;
  const made = user(`again ${n}`, `new.${old.emails[0]?.value ?? ""}`, old.displayName, created);
  const second = accounts[accounts.length - 1 - n];
  // A second account of the same person, which has the new email.
  if (n % 2 === 0 || !second) return [made];
  second.email = made.emails[0]?.value ?? second.email;
  second.name = old.displayName;
  return [{ ...made, idAccount: second.id }];
}

/**
 * Gives 40 percent of the Users a userName that is not the email: an employee number, another domain, or an old name.
 */
function nameUsers(users: readonly ScimUser[], accounts: readonly AtlassianAccount[]): void {
  const [owner] = accounts;
  const others = users.filter(({ idAccount }) => idAccount !== owner?.id);
  for (const [n, each] of deal("userName", others, Math.round(users.length * 0.4)).entries()) {
    const local = each.userName.slice(0, each.userName.indexOf("@"));
    const old = formerName(n)
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, ".");
    each.userName =
      [`E${104_000 + n}`, `${local}@corp.kestrel.internal`, `${old}${n}@${DOMAINS.company}`][n % 3] ?? local;
  }
  for (const each of deal("empty displayName", others, 3)) each.displayName = "";
}

/** Leaves out fields as in recorded Users: `active` in a tenth of the Users, name and displayName in three tenths. */
function omitSome(users: readonly ScimUser[]): void {
  const omit = (name: string, share: number) => {
    for (const each of deal(`omit ${name}`, users, Math.round(users.length * share))) {
      each.omits = [...(each.omits ?? []), name];
    }
  };
  omit("active", 0.1);
  omit("name", 0.3);
  omit("displayName", 0.3);
  omit("externalId", 0.3);
}

const GROUP_WORDS = ["Team", "Site", "Project", "Role"] as const;

/**
 * 60 groups. One has 2,000 members, and one is empty. The names of two groups differ only in upper and lower case. One
 * group has a member without a User.
 */
function messyGroups(
  users: readonly ScimUser[],
  accounts: readonly AtlassianAccount[],
  created: string,
): ScimGroup[] {
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const members = (n: number): string[] => {
    if (n === 0) return everybody(users);
    if (n === 1) return [];
    const some = deal(`group ${n}`, users, 3 + (rank("group size", n) % 20)).map(({ id }) => id);
    return n === 4 ? [...some, stableId("messy user", "gone")] : some;
  };
  return Array.from({ length: 60 }, (_, n) => {
    const displayName = n === 2 ? "team kestrel" : n === 3 ? "Team Kestrel" : `${GROUP_WORDS[n % 4]} ${n}`;
    const group = {
      id: stableId("messy group", String(n)),
      externalId: null,
      displayName,
      members: members(n),
      created,
      lastModified: created,
    };
    const inside = new Set(group.members);
    for (const { id, idAccount } of users)
      if (inside.has(id)) byId.get(idAccount ?? "")?.groups.push(displayName);
    return group;
  });
}

/**
 * Makes the members of the largest group, 2,000 ids: all Users of this directory, and ids of Users of other
 * directories.
 */
function everybody(users: readonly ScimUser[]): string[] {
  const own = users.map(({ id }) => id);
  return [...own, ...Array.from({ length: 2_000 - own.length }, (_, n) => stableId("elsewhere", String(n)))];
}

/**
 * The other directories. 14 accounts also have a User in the second directory, and three of these accounts have one in
 * the third.
 */
function otherDirectories(users: readonly ScimUser[], created: string): ScimDirectory[] {
  const twice = deal("two directories", users.filter(({ idAccount }) => idAccount !== null).slice(2), 14);
  const copies = (name: string, some: readonly ScimUser[]): ScimDirectory => ({
    id: stableId("messy directory", name),
    tokens: new Set(),
    users: new Map(
      some.map((each) => {
        const copy = {
          ...user(`${name} ${each.id}`, each.emails[0]?.value ?? "", each.displayName, created),
          idAccount: each.idAccount,
        };
        return [copy.id, copy];
      }),
    ),
    groups: new Map(),
  });
  return [copies("second", twice), copies("third", twice.slice(0, 3))];
}
