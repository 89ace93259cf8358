import type { AtlassianAccount } from "../domain/atlassian.ts";
import { emailOf } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import type { ScimUser } from "../domain/scim.ts";
import { everyUser } from "./scim-directory.ts";
import { accountIdOf, emailsShown, findOnlyScimUser, findScimUser, scimEmail } from "./scim-users.ts";
import { answers, askOptional } from "./sources.ts";

/**
 * What is known about a person's account: emails in lower case (the most certain first), and the account id if it is
 * known.
 */
export interface AccountHints {
  readonly emails: readonly string[];
  readonly accountId: string | null;
}

/** The SCIM User and the account that were found for a person, and what this server searched to find them. */
export interface FoundAccount {
  readonly user: ScimUser | null;
  readonly accountId: string | null;
  /** The reason why no User was found, as the end of a sentence; null if a User was found. */
  readonly why: string | null;
  /** What was searched, such as "all Users of the directory". */
  readonly searched: readonly string[];
  /** Whether the person may have a User although none was found, because this server could not search everything. */
  readonly mayExist: boolean;
}

/**
 * Finds the SCIM User and the Atlassian account of a person. The searches, in this order:
 * - Search for a User with the email as userName.
 * - Ask the organization which User belongs to the account or the email, because the userName may be another text than
 *   the email.
 * - If the organization cannot be asked, read all Users of the directory.
 * A User whose account belongs to another person is never used.
 */
export async function findAccount(hints: AccountHints, reads: Reads): Promise<FoundAccount> {
  const searched: string[] = [];
  const none = (why: string, accountId: string | null, mayExist: boolean): FoundAccount => ({
    user: null,
    accountId,
    why,
    searched,
    mayExist,
  });
  let another: ScimUser | null = null;
  const isOther = (user: ScimUser): boolean => {
    const account = accountIdOf(user);
    return account !== null && hints.accountId !== null && account !== hints.accountId;
  };
  for (const email of hints.emails) {
    const named = await askOptional(reads, "scim", () => findOnlyScimUser(email, reads));
    if (!answers(reads, "scim")) break;
    searched.push(`the userName ${email}`);
    if (!named || !emailsShown(named).includes(email)) continue;
    if (!isOther(named)) return found(named, hints.accountId, searched);
    another = named;
  }
  const accountId = hints.accountId ?? (await accountIdWithEmail(hints.emails, reads));
  if (!answers(reads, "scim")) {
    return none(
      reads.scim ? "the SCIM directory refuses this server" : "SCIM is not configured",
      accountId,
      true,
    );
  }
  if (another)
    return none("the SCIM User of the email belongs to another Atlassian account", accountId, false);
  if (accountId === null && hints.emails.length === 0) return none("the email is not known", null, true);

  const linked = await linkedUsers({ ...hints, accountId }, reads);
  if (linked) {
    searched.push("the organization's links between accounts and SCIM Users");
    const [user] = linked.users.filter((candidate) => !isOther(candidate));
    if (user) return found(user, accountId, searched);
    return linked.elsewhere
      ? none("the SCIM User is in another directory", accountId, false)
      : none("no SCIM User is linked to the account or the email", accountId, false);
  }
  const everyone = await askOptional(reads, "scim", everyUser);
  if (!everyone) return none("the SCIM directory refuses this server", accountId, true);
  searched.push(
    everyone.isWhole
      ? `all ${everyone.count} Users of the directory`
      : `the first ${everyone.count} Users of the directory`,
  );
  const ids = [
    ...(accountId === null ? [] : [everyone.byAccount.get(accountId)]),
    ...hints.emails.map((email) => everyone.byEmail.get(email)),
  ].flatMap((id) => id ?? []);
  for (const scimId of ids) {
    const user = await findScimUser({ scimId }, reads);
    if (user && !isOther(user)) return found(user, accountId, searched);
  }
  return none(
    everyone.isWhole
      ? "no User of the directory has the account or the email"
      : "no User that was read has the account or the email",
    accountId,
    !everyone.isWhole,
  );
}

function found(user: ScimUser, accountId: string | null, searched: readonly string[]): FoundAccount {
  return { user, accountId: accountId ?? accountIdOf(user), why: null, searched, mayExist: false };
}

/** Finds a SCIM User by id, userName or email. If none is found, the error NOT_FOUND says what was searched. */
export async function requireScimUser(user: string, reads: Reads): Promise<ScimUser> {
  requireScim(reads);
  const email = emailOf(user);
  const named =
    (email === null ? await findScimUser({ scimId: user }, reads) : null) ??
    (await findScimUser({ userName: user }, reads));
  if (named) return named;
  if (email === null) {
    throw new AppError("NOT_FOUND", "The directory has no User with that id or userName.", {
      next: "Search with scim_list_users, then call again with the SCIM id. If you call with an email, Users with another userName are found too.",
    });
  }
  const { user: owner, why, searched } = await findAccount({ emails: [email], accountId: null }, reads);
  if (owner) return owner;
  throw new AppError(
    "NOT_FOUND",
    `No User was found for that email: ${why}. Searched: ${searched.join(", ")}.`,
    {
      next: "Search with scim_list_users, then call again with the SCIM id.",
    },
  );
}

/** Finds several SCIM Users, each only once. NOT_FOUND if one of them is not in the directory. */
export async function requireScimUsers(
  names: readonly string[] | undefined,
  reads: Reads,
): Promise<readonly ScimUser[]> {
  const users = await Promise.all([...new Set(names)].map((name) => requireScimUser(name, reads)));
  return [...new Map(users.map((user) => [user.id, user])).values()];
}

/** The fact by which an account is searched: its account id or its email. */
export interface AccountKey {
  readonly accountId?: string | null | undefined;
  readonly email?: string | null | undefined;
}

export function accountKeyOf(user: ScimUser): AccountKey {
  return { accountId: accountIdOf(user), email: scimEmail(user) ?? user.userName };
}

/**
 * Reads the account from the organization: by id if the id is known, otherwise by email. null if the organization has
 * no such account. Costs one request.
 */
export async function readAccount(
  { accountId, email }: AccountKey,
  { organization }: Pick<Reads, "organization">,
): Promise<AtlassianAccount | null> {
  if (!organization || (!accountId && !email)) return null;
  return accountId ? organization.account(accountId) : organization.accountByEmail(email ?? "");
}

async function accountIdWithEmail(emails: readonly string[], reads: Reads): Promise<string | null> {
  for (const email of emails) {
    const account = await askOptional(reads, "organization", (from) => from.accountByEmail(email));
    if (account) return account.accountId;
  }
  return null;
}

/** The Users that the organization shows for an account or an email; null if the organization cannot be asked. */
async function linkedUsers(
  { emails, accountId }: AccountHints,
  reads: Reads,
): Promise<{ readonly users: readonly ScimUser[]; readonly elsewhere: boolean } | null> {
  const questions = [...(accountId === null ? [] : [{ accountId }]), ...emails.map((email) => ({ email }))];
  let elsewhere = false;
  for (const question of questions) {
    const links = await askOptional(reads, "organization", (from) => from.scimLinks(question));
    if (!links) return null;
    const users = await Promise.all(links.map(({ scimId }) => findScimUser({ scimId }, reads)));
    const here = users.filter((user) => user !== null);
    if (here.length > 0) return { users: here, elsewhere: false };
    elsewhere ||= links.length > 0;
  }
  return { users: [], elsewhere };
}
