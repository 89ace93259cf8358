import type { Reads } from "../domain/reads.ts";
import type { Member } from "../domain/trello.ts";
import { everyUser } from "./scim-directory.ts";
import { accountIdOf, findUserShowing } from "./scim-users.ts";
import { askOptional } from "./sources.ts";

/**
 * Up to 20 emails are looked up in the SCIM directory one by one. For more emails, the whole directory is read, because
 * that needs fewer requests.
 */
const ONE_BY_ONE = 20;

/** An email, and the member whom an earlier proof names as its owner. */
export interface OldProof {
  readonly email: string;
  readonly member: Pick<Member, "aaId"> | null | undefined;
}

/**
 * Finds emails that were proven for a member, but today belong to another Atlassian account. Companies give an email to
 * a new person after the old one left. The result contains each such email, with the id of the account that has the
 * email today. An email can be checked only if Trello shows the member's account.
 */
export async function movedEmails(
  proofs: readonly OldProof[],
  reads: Reads,
): Promise<ReadonlyMap<string, string>> {
  const known = proofs.filter(({ member }) => member?.aaId);
  if (known.length === 0) return new Map();
  const emails = known.map(({ email }) => email);
  const today = new Map(await accountsInDirectory(emails, reads));
  const unknown = emails.filter((email) => !today.has(email));
  for (const [email, account] of await accountsInOrganization(unknown, reads)) today.set(email, account);
  return new Map(
    known.flatMap(({ email, member }) => {
      const account = today.get(email);
      return account === undefined || account === member?.aaId ? [] : [[email, account] as const];
    }),
  );
}

async function accountsInDirectory(
  emails: readonly string[],
  reads: Reads,
): Promise<readonly (readonly [string, string])[]> {
  const found = await askOptional(reads, "scim", async (scim) => {
    if (emails.length > ONE_BY_ONE) {
      const { byAccount, byEmail } = await everyUser(scim);
      const accounts = new Map([...byAccount].map(([account, user]) => [user, account]));
      return emails.map((email) => [email, accounts.get(byEmail.get(email) ?? "") ?? null] as const);
    }
    const users = await Promise.all(emails.map((email) => findUserShowing(email, reads)));
    return emails.map((email, index) => [email, users[index] ? accountIdOf(users[index]) : null] as const);
  });
  return (found ?? []).flatMap(([email, account]) => (account === null ? [] : [[email, account] as const]));
}

async function accountsInOrganization(
  emails: readonly string[],
  reads: Reads,
): Promise<readonly (readonly [string, string])[]> {
  if (emails.length === 0) return [];
  const found = await askOptional(reads, "organization", (from) => from.accountsByEmail(emails));
  return (found ?? []).flatMap(({ email, accountId }) =>
    email ? [[email.toLowerCase(), accountId] as const] : [],
  );
}
