import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import { ATLASSIAN_EXTENSION, type ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";

/** The SCIM User with that userName or email, or null; null also where SCIM is not configured. */
export async function findScimUser(email: string, reads: Reads): Promise<ScimUser | null> {
  if (!reads.scim) return null;
  const { Resources } = await reads.scim.users({ filter: { attribute: "userName", value: email }, count: 2 });
  return Resources.length === 1 ? (Resources[0] ?? null) : null;
}

/** The SCIM User by id, userName or email (Atlassian's userName is the email); NOT_FOUND where there is none. */
export async function theScimUser(user: string, reads: Reads): Promise<ScimUser> {
  const scim = requireScim(reads);
  if (!user.includes("@")) return scim.user(user);
  const found = await findScimUser(user, reads);
  if (found) return found;
  throw new AppError("NOT_FOUND", "The directory has no user with that userName or email.", {
    next: "Look with scim_list_users, then call again with the SCIM id.",
  });
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
