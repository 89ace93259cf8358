import { AppError } from "../domain/error.ts";
import { askOptional } from "../domain/optional-source.ts";
import type { Reads } from "../domain/reads.ts";
import type { Member, MembershipWithMember } from "../domain/trello.ts";

/** Why an invitation that Trello accepted may not be seen again. */
export const HIDDEN_EMAIL = "accepted by Trello, which does not show whose email it is";

/**
 * The membership that an invitation by email led to, or null. Trello hides other people's emails, so it is found by
 * what is proven first: the email itself where shown, the enterprise's directory, the name that the invitation gave to
 * a new ghost, and last Trello's own search by email.
 */
export async function invitedAmong(
  memberships: readonly MembershipWithMember[],
  invitation: { readonly email: string; readonly fullName: string; readonly sameName: readonly string[] },
  reads: Reads,
): Promise<MembershipWithMember | null> {
  const email = invitation.email.toLowerCase();
  const byMember = (ids: ReadonlySet<string>) => memberships.find((row) => ids.has(row.idMember)) ?? null;

  const shown = memberships.find((row) => row.member.email?.toLowerCase() === email);
  if (shown) return shown;
  // Somebody with an account of their own may have any name; only a ghost bears the one that the invitation gave.
  const named = memberships.find(
    ({ idMember, member }) =>
      member.memberType === "ghost" &&
      member.fullName === invitation.fullName &&
      !invitation.sameName.includes(idMember),
  );
  if (named) return named;
  const answer = await askOptional(reads, "enterprise", (enterprise) =>
    enterprise.members({ search: email }),
  );
  const owners = answer?.rows.filter((row) => row.member.email?.toLowerCase() === email) ?? [];
  const found = byMember(new Set(owners.map((row) => row.member.id)));
  if (found) return found;
  const matches = await searched(email, reads);
  return matches.length === 1 ? byMember(new Set(matches.map((match) => match.id))) : null;
}

/** Trello's search allows 100 questions in 15 minutes; a large import goes on without it. */
async function searched(email: string, { trello }: Reads): Promise<readonly Member[]> {
  try {
    return await trello.searchMembers(email);
  } catch (error) {
    if (error instanceof AppError && error.code === "RATE_LIMITED") return [];
    throw error;
  }
}
