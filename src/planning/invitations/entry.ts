import type { AtlassianAccount } from "../../domain/atlassian.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { askOptional } from "../../people/sources.ts";

// Checks whether an invited person will be able to join. The workspace's domain settings or the person's Atlassian
// account can prevent it.

/** One plan looks up at most 50 emails in the Atlassian organization, ten in each request. */
const MOST_ASKED = 50;

/** A person who is invited by email. A guest joins boards but not the workspace. */
export interface Newcomer {
  readonly email: string;
  readonly isGuest: boolean;
}

type Workspace = Pick<WorkspaceSnapshot, "workspace">;

/**
 * Why the workspace's settings do not let an invited person in, as the end of a sentence; null if they let the person
 * in.
 */
export function keptOutBy({ workspace }: Workspace, { email, isGuest }: Newcomer): string | null {
  const { orgInviteRestrict, externalMembersDisabled } = workspace.prefs ?? {};
  if (isGuest) return externalMembersDisabled ? "the workspace allows no guests on its boards" : null;
  const allowed = orgInviteRestrict ?? [];
  if (allowed.length === 0 || allowed.some((pattern) => fits(pattern, email))) return null;
  return `the workspace allows only members with an email of ${listNames(
    allowed.map((each) => clean(each, 60)),
    5,
  )}`;
}

/**
 * Whether an email matches an entry of the workspace's setting `orgInviteRestrict`. The entry is an email or a domain,
 * with `*` for any text.
 */
function fits(pattern: string, email: string): boolean {
  const wanted = pattern.trim().toLowerCase().replace(/^@/, "");
  const target = wanted.includes("@") ? email : (email.split("@").at(-1) ?? "");
  const parts = wanted.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(target.toLowerCase());
}

/** Why a person cannot log in with the Atlassian account, as the end of a sentence; null if no reason is known. */
export function lockedOut(account: AtlassianAccount): string | null {
  if (account.accountStatus === "inactive" || account.accountStatus === "closed")
    return `the Atlassian account is ${account.accountStatus === "closed" ? "closed" : "deactivated"}, so its owner cannot log in`;
  if (account.membershipStatus === "suspended")
    return "the Atlassian account is suspended in the organization";
  return null;
}

/**
 * The organization's accounts with the invited emails, by email in lower case. If not all emails were looked up, a note
 * says that.
 */
export async function accountsOf(
  emails: readonly string[],
  reads: Reads,
): Promise<{
  readonly accounts: ReadonlyMap<string, AtlassianAccount>;
  readonly notes: readonly string[];
}> {
  const asked = emails.slice(0, MOST_ASKED);
  if (asked.length === 0) return { accounts: new Map(), notes: [] };
  const found = await askOptional(reads, "organization", (from) => from.accountsByEmail(asked));
  if (found === null) return { accounts: new Map(), notes: [] };
  return {
    accounts: new Map(found.map((account) => [account.email?.toLowerCase() ?? "", account])),
    notes:
      emails.length > asked.length
        ? [
            `Only the first ${asked.length} of ${emails.length} emails were looked up in the Atlassian organization.`,
          ]
        : [],
  };
}

/** Lines of a plan about whether the invited people can join, and how they log in. */
export async function entryLines(
  snapshot: WorkspaceSnapshot,
  newcomers: readonly Newcomer[],
  reads: Reads,
): Promise<{ readonly warnings: readonly string[]; readonly notes: readonly string[] }> {
  if (newcomers.length === 0) return { warnings: [], notes: [] };
  const { accounts, notes } = await accountsOf(
    newcomers.map(({ email }) => email),
    reads,
  );
  const owned = newcomers.flatMap(({ email }) => {
    const account = accounts.get(email);
    return account ? [{ email, account }] : [];
  });
  return {
    warnings: [
      ...grouped(newcomers.map((each) => [each.email, keptOutBy(snapshot, each)])).map(
        ([why, emails]) => `Trello will probably refuse ${listNames(emails, 5)}: ${why}.`,
      ),
      ...grouped(owned.map(({ email, account }) => [email, lockedOut(account)])).map(
        ([why, emails]) =>
          `Cannot join yet: ${listNames(emails, 5)}, because ${why}. Give the access back with scim_reactivate_user or at admin.atlassian.com.`,
      ),
    ],
    notes: [
      ...grouped(owned.map(({ email, account }) => [email, managedText(account)])).map(
        ([how, emails]) => `${how}: ${listNames(emails, 5)}`,
      ),
      ...domainLine(snapshot, newcomers),
      ...notes,
    ],
  };
}

function managedText({ managed, managedBy }: AtlassianAccount): string | null {
  if (!managed) return null;
  return `Managed by the Atlassian organization${managedBy === "synced" ? " from its identity provider" : ""}, so the login follows the policy of the organization (SSO if the policy requires it)`;
}

/**
 * A line about the workspace's Google domain. It does not say that other emails are refused, because Trello does not
 * document that.
 */
function domainLine({ workspace }: Workspace, newcomers: readonly Newcomer[]): readonly string[] {
  const domain = workspace.prefs?.associatedDomain?.toLowerCase();
  if (!domain) return [];
  const outside = newcomers.filter(({ email }) => !email.endsWith(`@${domain}`)).map(({ email }) => email);
  const whose =
    outside.length === 0 ? "all invited emails belong to that domain" : `not of it: ${listNames(outside, 5)}`;
  return [
    `The workspace is linked to the Google domain ${clean(domain, 60)} (${whose}); the link does not limit who is invited`,
  ];
}

/** For each reason, the emails to which it applies. Reasons come in the order in which they first occur. */
function grouped(
  rows: readonly (readonly [email: string, why: string | null])[],
): readonly (readonly [why: string, emails: readonly string[]])[] {
  const all = new Map<string, string[]>();
  for (const [email, why] of rows) if (why !== null) all.set(why, [...(all.get(why) ?? []), email]);
  return [...all];
}

/**
 * The line that warns about guests who are invited to only the first of several boards. On a second board, a guest
 * takes a paid seat, and Trello does not allow that in an invitation by email.
 */
export function oneBoardLines(guests: readonly { readonly whom: string }[]): readonly string[] {
  if (guests.length === 0) return [];
  const emails = guests.map(({ whom }) => whom);
  return [
    `Invited to their first board only: ${listNames(emails)}. On a second board a guest takes a paid seat, and Trello does not allow that in an invitation by email. Use add_to_boards after they join.`,
  ];
}
