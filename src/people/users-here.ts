import type { PlanContext } from "../domain/planning.ts";
import type { ScimUser } from "../domain/scim.ts";
import { clean, nameKey } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { knownEmails } from "./email-list.ts";
import { nameGuests, peopleOf, type Person } from "./person.ts";
import { everyUser } from "./scim-directory.ts";
import { accountIdOf, scimEmail, scimName } from "./scim-users.ts";
import { askOptional } from "./sources.ts";

/** The members of a workspace who belong to given SCIM Users. Each User is in exactly one of the four lists below. */
export interface UsersHere {
  /** Users whose member is proven by the account id or by an email. */
  readonly certain: ReadonlyMap<ScimUser, Person>;
  /**
   * Users for whom a member was found only because both have the same full name, which no other person has. A human
   * must approve every change of these members.
   */
  readonly named: ReadonlyMap<ScimUser, Person>;
  readonly missing: readonly ScimUser[];
  /** Users whose email belongs to more than one member. */
  readonly disputed: readonly ScimUser[];
}

/** Finds the people of a workspace who belong to SCIM Users: by account id, then by proven email, then by full name. */
export async function usersHere(
  users: readonly ScimUser[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<UsersHere> {
  const certain = await membersByAccount(users, snapshot, context);
  const emails = new Map(
    users.flatMap((user) => (certain.has(user) ? [] : [[userEmail(user), user] as const])),
  );
  const known = await knownEmails([...emails.keys()], snapshot, context);
  for (const [email, user] of emails) {
    const person = known.people.get(email);
    if (person) certain.set(user, person);
  }
  const disputed = [...emails].flatMap(([email, user]) => (known.disputed.has(email) ? [user] : []));
  const open = users.filter((user) => !certain.has(user) && !disputed.includes(user));
  const named = await byName(open, [...certain.values()], snapshot, context);
  return { certain, named, missing: open.filter((user) => !named.has(user)), disputed };
}

/** The email of a User; the userName if the User shows no email. */
export function userEmail(user: ScimUser): string {
  return scimEmail(user) ?? clean(user.userName, 254);
}

/**
 * Finds the members whose Atlassian account id is that of a User. The same account proves that the User's email is the
 * member's email, so this link is stored.
 */
export async function membersByAccount(
  users: readonly ScimUser[],
  snapshot: WorkspaceSnapshot,
  { identities }: PlanContext,
): Promise<Map<ScimUser, Person>> {
  const people = new Map(
    peopleOf(snapshot).flatMap((person) =>
      person.member?.aaId ? [[person.member.aaId, person] as const] : [],
    ),
  );
  const found = new Map<ScimUser, Person>();
  for (const user of users) {
    const person = people.get(accountIdOf(user) ?? "");
    if (!person) continue;
    found.set(user, person);
    const email = scimEmail(user);
    if (email !== null) await identities.learn({ email, idMember: person.idMember, source: "scim" });
  }
  return found;
}

/**
 * Finds the person for each User by full name, if exactly one person of the workspace and exactly one User have that
 * name. A ghost (a member without an account) is not used, nor a person who has another proven email or account.
 */
async function byName(
  users: readonly ScimUser[],
  taken: readonly Person[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<ReadonlyMap<ScimUser, Person>> {
  const keyOf = (user: ScimUser) => nameKey(scimName(user));
  const found = new Map<ScimUser, Person>();
  if (users.every((user) => keyOf(user) === "")) return found;
  const everybody = peopleOf(snapshot, await nameGuests(snapshot, context.reads));
  const others = new Set(taken.map(({ idMember }) => idMember));
  for (const user of users) {
    const key = keyOf(user);
    const [only, ...namesakes] = everybody.filter(({ member }) => member && nameKey(member.fullName) === key);
    if (!only || key === "" || namesakes.length > 0 || others.has(only.idMember)) continue;
    if (only.member?.memberType === "ghost" || (await isAnother(only, user, context))) continue;
    const all = await askOptional(context.reads, "scim", everyUser);
    if (!all?.isWhole || all.byName.get(key) !== user.id) continue;
    found.set(user, { ...only, identifiedBy: "name" });
  }
  return found;
}

/** Whether a source shows that the member and this User are different people. */
async function isAnother(
  { idMember, member }: Person,
  user: ScimUser,
  { identities }: PlanContext,
): Promise<boolean> {
  const accountId = accountIdOf(user);
  if (member?.aaId && accountId !== null && member.aaId !== accountId) return true;
  const proven = (await identities.emailsOf(idMember)).filter(({ disputed }) => !disputed);
  return proven.length > 0;
}
