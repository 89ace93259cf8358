import { AppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import type { AppliedEffect } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import type { Member, MembershipWithMember, WorkspaceSnapshot } from "../domain/trello.ts";
import { enterpriseRowWithEmail } from "./enterprise.ts";
import { askOptional } from "./sources.ts";

/**
 * The ghost in a workspace that this server invited under an email, as its id; null where there is not exactly one.
 * Whoever invites chooses a ghost's name, so that the name is an email proves nothing: only the name that our own
 * invitation gave counts, and not of somebody who had it before.
 */
export type InvitedGhosts = (email: string) => string | null;

/** Of a workspace, by what the ledger of invitations has of it. */
export async function invitedGhosts(
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<InvitedGhosts> {
  const isEmpty = !snapshot.memberships.some(({ member }) => member.memberType === "ghost");
  if (isEmpty) return () => null;
  return ghostsInvitedBy(snapshot, await context.invitations(snapshot.workspace.id));
}

/** Of a workspace, by effects that invited and revoked, the newest first. */
export function ghostsInvitedBy(
  { memberships }: WorkspaceSnapshot,
  rows: readonly AppliedEffect[],
): InvitedGhosts {
  const ghosts = memberships.filter(({ member }) => member.memberType === "ghost");
  return (email) => {
    const ours = rows.filter(({ effect }) => effect.target["email"] === email);
    const end = ours.findIndex(({ effect }) => effect.after === null);
    const sent = end < 0 ? ours : ours.slice(0, end);
    const first = sent.at(-1);
    if (!first) return null;
    // Sent again, the invitation found its own ghost there; what was there before the first one is of somebody else.
    const others = sent.filter(({ runId }) => runId === first.runId).flatMap(sameNameOf);
    const names = sent.map(({ effect }) => nameIn(effect.after));
    const [only, ...more] = ghosts.filter(
      ({ idMember, member }) => names.includes(clean(member.fullName)) && !others.includes(idMember),
    );
    return only && more.length === 0 ? only.idMember : null;
  };
}

function sameNameOf({ effect }: AppliedEffect): readonly Json[] {
  const same = fieldOf(effect.before, "sameName");
  return Array.isArray(same) ? same : [];
}

function nameIn(state: AppliedEffect["effect"]["after"]): string | null {
  const name = fieldOf(state, "fullName");
  return typeof name === "string" ? clean(name) : null;
}

function fieldOf(state: AppliedEffect["effect"]["after"], name: string): Json | undefined {
  return state !== null && typeof state === "object" && !Array.isArray(state)
    ? (state as Readonly<Record<string, Json>>)[name]
    : undefined;
}

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
  const owner = await askOptional(reads, "enterprise", (from) => enterpriseRowWithEmail(email, from));
  const found = owner && byMember(new Set([owner.member.id]));
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
