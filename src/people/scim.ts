import { emailOf } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import { ATLASSIAN_EXTENSION, type ScimGroup, type ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";

/** The SCIM User with that userName or email, or null; null also where SCIM is not configured. */
export async function findScimUser(userName: string, reads: Reads): Promise<ScimUser | null> {
  if (!reads.scim) return null;
  const { Resources } = await reads.scim.users({
    filter: { attribute: "userName", value: userName },
    count: 2,
  });
  // Looked at again, because a server that does not mind filters would answer with anybody.
  const named = Resources.filter((user) => user.userName.toLowerCase() === userName.toLowerCase());
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** The SCIM User by id, userName or email (Atlassian's userName is the email); NOT_FOUND where there is none. */
export async function theScimUser(user: string, reads: Reads): Promise<ScimUser> {
  const scim = requireScim(reads);
  const found =
    (user.includes("@") ? null : await nullIfNotFound(() => scim.user(user))) ??
    (await findScimUser(user, reads));
  if (found) return found;
  throw new AppError("NOT_FOUND", "The directory has no user with that id, userName or email.", {
    next: "Look with scim_list_users, then call again with the SCIM id.",
  });
}

/** Several SCIM Users, each once however often they are named; NOT_FOUND where one is not there. */
export async function theScimUsers(
  names: readonly string[] | undefined,
  reads: Reads,
): Promise<readonly ScimUser[]> {
  const users = await Promise.all([...new Set(names)].map((name) => theScimUser(name, reads)));
  return [...new Map(users.map((user) => [user.id, user])).values()];
}

/** What the directory has by an id, or null where it has nothing. */
export async function nullIfNotFound<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/** A SCIM User in the few words that people need. */
export function scimUserView(user: ScimUser) {
  return {
    id: user.id,
    userName: clean(user.userName, 254),
    name: clean(scimName(user)),
    active: user.active,
    ...(user.externalId && { externalId: clean(user.externalId) }),
  };
}

export function scimName({ displayName, name, userName }: ScimUser): string {
  return (
    displayName ??
    name?.formatted ??
    ([name?.givenName, name?.familyName].filter(Boolean).join(" ") || userName)
  );
}

/** The User's address in lower case: the userName where it is one, else the primary email; null where there is none. */
export function scimEmail({ userName, emails }: ScimUser): string | null {
  const primary = emails?.find((email) => email.primary) ?? emails?.[0];
  return emailOf(userName) ?? emailOf(primary?.value ?? "");
}

/** `Jane Doe <jane@example.com>`, cleaned. */
export function scimLabel(user: ScimUser): string {
  return `${clean(scimName(user))} <${clean(user.userName, 254)}>`;
}

/** A SCIM User as the guards want to know them. */
export function scimSubject(user: ScimUser): Subject {
  const accountId = user[ATLASSIAN_EXTENSION]?.atlassianAccountId;
  return {
    scimId: user.id,
    email: user.userName,
    groups: (user.groups ?? []).map(({ display, value }) => clean(display ?? value)),
    ...(accountId && { accountId }),
  };
}

const PAGE = 100;

/** The SCIM Group by id or displayName; NOT_FOUND where there is none, AMBIGUOUS where several have the name. */
export async function theScimGroup(group: string, reads: Reads): Promise<ScimGroup> {
  const scim = requireScim(reads);
  const byId = () => nullIfNotFound(() => scim.group(group));
  const byName = async () => {
    const found = await groupNamed(group, reads);
    return found && scim.group(found.id);
  };
  // A name that looks like an id is rare, so what looks like one is taken for one first.
  const [first, second] = /^[0-9a-f-]{20,}$/i.test(group) ? [byId, byName] : [byName, byId];
  const found = (await first()) ?? (await second());
  if (found) return found;
  throw new AppError("NOT_FOUND", "The directory has no group with that displayName or id.", {
    next: "Look with scim_list_groups, then call again.",
  });
}

/** The Group of that displayName as the list shows it, or null; AMBIGUOUS where several have it. */
export async function groupNamed(displayName: string, reads: Reads): Promise<ScimGroup | null> {
  const { Resources } = await requireScim(reads).groups({
    filter: { attribute: "displayName", value: displayName },
  });
  // Looked at again, because a server that does not mind filters would answer with any group.
  const named = Resources.filter((row) => row.displayName.toLowerCase() === displayName.toLowerCase());
  if (named.length <= 1) return named[0] ?? null;
  throw new AppError("AMBIGUOUS", `${named.length} groups have that displayName.`, {
    next: "Call again with the id of the right one.",
    details: {
      candidates: named.slice(0, 5).map((row) => ({ id: row.id, name: clean(row.displayName) })),
    },
  });
}

/**
 * The people of a group in its order, in few requests: the first page of the directory says how many pages there are,
 * and with them whether those still missing are asked for by id or met by paging on. Whoever is not there any more is
 * left out.
 */
export async function peopleOfGroup(group: ScimGroup, reads: Reads): Promise<readonly ScimUser[]> {
  const scim = requireScim(reads);
  const ids = new Set(group.members.map(({ value }) => value));
  const found = new Map<string, ScimUser>();
  const take = (users: readonly ScimUser[]): void => {
    for (const user of users) if (ids.has(user.id)) found.set(user.id, user);
  };
  const left = () => [...ids].filter((id) => !found.has(id));
  let paged = false;
  if (ids.size > 1) {
    const { totalResults, Resources } = await scim.users({ startIndex: 1, count: PAGE });
    take(Resources);
    const pages = Math.ceil((totalResults - Resources.length) / PAGE);
    paged = Resources.length > 0 && left().length > pages;
    if (paged) {
      for await (const page of scim.userPages(undefined, 1 + Resources.length)) {
        take(page);
        if (found.size === ids.size) break;
      }
    }
  }
  if (!paged) {
    const others = await Promise.all(left().map((id) => nullIfNotFound(() => scim.user(id))));
    take(others.filter((user) => user !== null));
  }
  return [...ids].flatMap((id) => found.get(id) ?? []);
}

/** A User by id, or by the name that an earlier effect of the same run gave it: then the id is not known to the plan. */
export type UserRef = { readonly scimId: string } | { readonly userName: string };
/** A Group by id, or by the name that an earlier effect of the same run gave it. */
export type GroupRef = { readonly groupId: string } | { readonly groupName: string };

/** What names the User for good in an effect's id. */
export function userKey(ref: UserRef): string {
  return "scimId" in ref ? ref.scimId : `userName:${ref.userName}`;
}

export function groupKey(ref: GroupRef): string {
  return "groupId" in ref ? ref.groupId : `displayName:${ref.groupName}`;
}

/** The User, or null where there is none. */
export async function findUser(ref: UserRef, reads: Reads): Promise<ScimUser | null> {
  const scim = requireScim(reads);
  if ("scimId" in ref) return foundOrNull(() => scim.user(ref.scimId));
  const { Resources } = await scim.users({ filter: { attribute: "userName", value: ref.userName } });
  return only(
    Resources.filter((user) => sameName(user.userName, ref.userName)),
    `userName ${ref.userName}`,
  );
}

/** The Group with its members, or null where there is none. */
export async function findGroup(ref: GroupRef, reads: Reads): Promise<ScimGroup | null> {
  const scim = requireScim(reads);
  if ("groupId" in ref) return foundOrNull(() => scim.group(ref.groupId));
  const { Resources } = await scim.groups({ filter: { attribute: "displayName", value: ref.groupName } });
  return only(
    Resources.filter((group) => sameName(group.displayName, ref.groupName)),
    `displayName ${ref.groupName}`,
  );
}

/** The User's id, looked up only where it is not known; NOT_FOUND where there is none. */
export async function userIdOf(ref: UserRef, reads: Reads): Promise<string> {
  if ("scimId" in ref) return ref.scimId;
  return (await findUser(ref, reads))?.id ?? missing("user", ref.userName);
}

/** The Group's id, looked up only where it is not known; NOT_FOUND where there is none. */
export async function groupIdOf(ref: GroupRef, reads: Reads): Promise<string> {
  if ("groupId" in ref) return ref.groupId;
  return (await findGroup(ref, reads))?.id ?? missing("group", ref.groupName);
}

function missing(what: string, name: string): never {
  throw new AppError("NOT_FOUND", `The SCIM directory has no ${what} ${name}.`, {
    next: "Look it up again and plan anew.",
    retry: "replan",
  });
}

function only<Row>(rows: readonly Row[], name: string): Row | null {
  if (rows.length > 1) {
    throw new AppError("AMBIGUOUS", `The SCIM directory has ${rows.length} with ${name}.`, {
      next: "Name it by its id.",
    });
  }
  return rows[0] ?? null;
}

/** Neither name has case where it is unique (RFC 7643 sections 4.1.1 and 4.2). */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

async function foundOrNull<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
