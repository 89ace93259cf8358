import { emailOf } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import { ATLASSIAN_EXTENSION, type ScimUser } from "../domain/scim.ts";
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
    (user.includes("@") ? null : await orNull(() => scim.user(user))) ?? (await findScimUser(user, reads));
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
export async function orNull<Found>(find: () => Promise<Found>): Promise<Found | null> {
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
