import { emailOf } from "../domain/email.ts";
import { AppError, nullIfNotFound } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import { ATLASSIAN_EXTENSION, type Partly, type ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";

/**
 * Refers to a User by its id. If an earlier effect of the same run creates the User, its id is unknown and the userName
 * is used.
 */
export type UserRef = { readonly scimId: string } | { readonly userName: string };

/** The part of an effect's id that stands for a User. All effects on the same User have the same part. */
export function userKey(ref: UserRef): string {
  return "scimId" in ref ? ref.scimId : `userName:${ref.userName}`;
}

/** The User that `ref` means; null if there is none. Throws AMBIGUOUS if several Users have the userName. */
export async function findScimUser(ref: UserRef, reads: Reads): Promise<ScimUser | null> {
  if ("scimId" in ref) return nullIfNotFound(() => requireScim(reads).user(ref.scimId));
  const [only, ...others] = await usersNamed(ref.userName, reads);
  if (others.length === 0) return only ?? null;
  throw new AppError("AMBIGUOUS", `The SCIM directory has ${others.length + 1} Users with one userName.`, {
    next: "Find the User with scim_list_users, then call again with the SCIM id.",
  });
}

/**
 * The only User with this userName; null if there is none. If several Users have it, also null, because it is not
 * certain which User is meant.
 */
export async function findOnlyScimUser(userName: string, reads: Reads): Promise<ScimUser | null> {
  const [only, ...others] = await usersNamed(userName, reads);
  return others.length === 0 ? (only ?? null) : null;
}

/**
 * The User who has this email (lower case); null if there is none. Atlassian can search for a User only by userName, so
 * this server searches for the email as a userName. A userName need not be an email of the User, so the found record
 * must also show the email. Only in a record without emails, the userName counts as the email.
 */
export async function findUserShowing(email: string, reads: Reads): Promise<ScimUser | null> {
  const user = await findOnlyScimUser(email, reads);
  return user && emailsShown(user).includes(email) ? user : null;
}

/** All emails in a User's record, in lower case, the primary one first. */
export function emailsShown({ userName, emails }: ScimUser): readonly string[] {
  const rows = [...(emails ?? [])].sort((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false));
  const shown = rows.flatMap(({ value }) => emailOf(value) ?? []);
  return shown.length > 0 ? [...new Set(shown)] : [emailOf(userName)].flatMap((email) => email ?? []);
}

/** The id of the User's Atlassian account; null if the directory does not show it. */
export function accountIdOf(user: ScimUser): string | null {
  return user[ATLASSIAN_EXTENSION]?.atlassianAccountId || null;
}

async function usersNamed(userName: string, reads: Reads): Promise<readonly ScimUser[]> {
  const { Resources } = await requireScim(reads).users({
    filter: { attribute: "userName", value: userName },
  });
  // Some servers ignore the filter and return other Users too. So this server compares the userNames again. It ignores
  // upper and lower case (RFC 7643 section 4.1.1).
  return Resources.filter((user) => user.userName.toLowerCase() === userName.toLowerCase());
}

/** The User's id. The directory is asked only if `ref` has no id. Throws NOT_FOUND if there is no such User. */
export async function requireScimUserId(ref: UserRef, reads: Reads): Promise<string> {
  if ("scimId" in ref) return ref.scimId;
  const found = await findScimUser(ref, reads);
  if (found) return found.id;
  throw new AppError("NOT_FOUND", `The SCIM directory has no user ${ref.userName}.`, {
    next: "Search for the User again and make a new plan.",
    retry: "replan",
  });
}

/**
 * Throws UPSTREAM_CONTRACT if a row of a list in the record, such as an email, could not be read. A write replaces the
 * whole list, so that row would be lost.
 */
export function assertReadWhole({ unread = [] }: Partly, lists: readonly string[]): void {
  const odd = lists.filter((name) => unread.includes(name));
  if (odd.length === 0) return;
  throw new AppError(
    "UPSTREAM_CONTRACT",
    `Under ${odd.join(" and ")}, the SCIM record has entries that this server cannot read.`,
    {
      next: "Correct the record in the identity provider or at admin.atlassian.com first: a change by this server would remove those entries.",
      details: { unread: odd },
    },
  );
}

/** Says in words whether a User is active, or that the record does not show it. */
export function activeText(active: boolean | null): string {
  if (active === null) return "not known whether active";
  return active ? "active" : "not active";
}

/** The fields of a SCIM User that answers show. */
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
  // A name that is an empty text counts as missing.
  return (
    displayName ||
    name?.formatted ||
    [name?.givenName, name?.familyName].filter(Boolean).join(" ") ||
    userName
  );
}

/** The User's email in lower case: the primary one, or the userName if it is an email. null if there is none. */
export function scimEmail(user: ScimUser): string | null {
  return emailsShown(user)[0] ?? null;
}

/**
 * A User's name for messages, such as `Jane Doe <jane@example.com>`. The userName is added if it differs from the
 * email.
 */
export function scimLabel(user: ScimUser): string {
  const email = scimEmail(user);
  const userName = clean(user.userName, 254);
  const names = email === null || email === user.userName.toLowerCase() ? userName : `${email}, ${userName}`;
  return `${clean(scimName(user))} <${names}>`;
}

/** The names of the User's Groups, if the User's record shows them. */
export function scimGroupNames({ groups }: ScimUser): readonly string[] {
  return (groups ?? []).map(({ display, value }) => clean(display ?? value));
}

/** The facts about a SCIM User by which the guards (checks of the policy) recognize the person. */
export function scimSubject(user: ScimUser): Subject {
  const accountId = accountIdOf(user);
  return {
    scimId: user.id,
    emails: [...new Set([...emailsShown(user), user.userName.toLowerCase()])],
    groups: scimGroupNames(user),
    ...(accountId && { accountId }),
  };
}
