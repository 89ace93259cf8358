import { emailOf } from "../../domain/email.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { AppliedEffect } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import type { MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteBoardMember, inviteWorkspaceMember, revokeInvitation } from "../../effects/invitations.ts";
import { ghostsInvitedBy, invitedAs, type InvitedGhosts } from "../../people/invited.ts";
import { joinedOf } from "../../people/person.ts";

export type InvitationState = "pending" | "expired" | "accepted" | "revoked" | "gone";

/** An invitation to a workspace, as far as this server's records or the workspace show it. */
export interface Invitation {
  /**
   * If another person sent the invitation: the name of its ghost if that name is an email, else null. The name proves
   * nothing.
   */
  readonly email: string | null;
  readonly idMember: string | null;
  readonly name: string;
  readonly role: string;
  /** ISO 8601; null if this server did not send the invitation, because its date is then unknown. */
  readonly invitedAt: string | null;
  readonly expiresAt: string | null;
  /** null if this server did not send it. */
  readonly invitedBy: string | null;
  /** `gone`: the person is not in the workspace, and this server did not revoke the invitation. */
  readonly state: InvitationState;
}

/** An invitation that this server sent. */
type Dated = Invitation & { readonly invitedAt: string; readonly expiresAt: string };

const DAY_MS = 86_400_000;

/**
 * Lists a workspace's invitations, newest first. The list is not stored: it compares what runs invited and revoked
 * with the people of the workspace now. Invitations that others sent come last. Their dates are unknown, so they
 * never expire.
 */
export async function invitationsOf(
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<readonly Invitation[]> {
  const rows = await context.invitations(snapshot.workspace.id);
  const byEmail = new Map<string, AppliedEffect>();
  for (const row of rows) {
    const email = row.effect.target["email"];
    const before = email ? byEmail.get(email) : undefined;
    // If one run sent both, the invitation to the workspace is used, because it says more than the invitations to
    // boards.
    const wider =
      before?.runId === row.runId &&
      inviteBoardMember.is(before.effect) &&
      inviteWorkspaceMember.is(row.effect);
    if (email && (!before || wider)) byEmail.set(email, row);
  }
  const ghostOf = ghostsInvitedBy(snapshot, rows);
  const ours = await Promise.all(
    [...byEmail].map(([email, row]) => ourInvitation(email, row, { snapshot, ghostOf }, context)),
  );
  const known = new Set(ours.map(({ idMember }) => idMember));
  const others = snapshot.memberships
    .filter((row) => isWaiting(row) && !known.has(row.idMember))
    .map((row) => invitationOfOthers(row, context));
  const newest = (a: Invitation, b: Invitation) => ((a.invitedAt ?? "") < (b.invitedAt ?? "") ? 1 : -1);
  return [...ours, ...others].toSorted(newest);
}

/** Whether a person was invited and has not joined yet. */
function isWaiting({ member, unconfirmed }: MembershipWithMember): boolean {
  return member.memberType === "ghost" || unconfirmed;
}

async function ourInvitation(
  email: string,
  { effect, at, principal }: AppliedEffect,
  place: { readonly snapshot: WorkspaceSnapshot; readonly ghostOf: InvitedGhosts },
  context: PlanContext,
): Promise<Dated> {
  const name = stateText(revokeInvitation.is(effect) ? effect.before : effect.after, "fullName");
  const membership = await membershipOf(email, place, context);
  const waits = membership !== null && membership.waits;
  return {
    email,
    idMember: membership?.idMember ?? null,
    name: clean(membership?.name ?? name),
    role:
      membership?.memberType ??
      stateText(revokeInvitation.is(effect) ? effect.before : effect.after, "memberType"),
    invitedAt: at,
    expiresAt: expiryOf(at, context),
    invitedBy: principal.name,
    state: membership
      ? waits
        ? waitingState(at, context)
        : "accepted"
      : revokeInvitation.is(effect)
        ? "revoked"
        : "gone",
  };
}

interface Membership {
  readonly idMember: string;
  readonly memberType: string;
  /** null for a guest, because the boards of a workspace do not show guests' names. */
  readonly name: string | null;
  readonly waits: boolean;
}

/**
 * The membership of an invited person, searched in two ways. First by the link that was stored while the person was a
 * ghost, in the workspace or on its boards. Otherwise the one ghost that has the name of the invitation.
 */
async function membershipOf(
  email: string,
  {
    snapshot: { memberships, boards },
    ghostOf,
  }: { readonly snapshot: WorkspaceSnapshot; readonly ghostOf: InvitedGhosts },
  context: PlanContext,
): Promise<Membership | null> {
  const links = await context.identities.membersOf(email);
  const linked = new Set([...(await invitedAs(email, context)), ...links.map(({ idMember }) => idMember)]);
  const member =
    memberships.find((row) => linked.has(row.idMember)) ??
    memberships.find(({ idMember }) => idMember === ghostOf(email));
  if (member) {
    const { idMember, memberType } = member;
    return { idMember, memberType, name: member.member.fullName, waits: isWaiting(member) };
  }
  const guest = boards.flatMap((board) => board.memberships).find((row) => linked.has(row.idMember));
  return guest
    ? { idMember: guest.idMember, memberType: "guest", name: null, waits: guest.unconfirmed }
    : null;
}

/** An invitation that others sent. The first digits of the membership's id are the second in which it was made. */
function invitationOfOthers(row: MembershipWithMember, context: PlanContext): Invitation {
  const invitedAt = joinedOf({ membership: row });
  return {
    // The email is only the ghost's name, and the inviter chose that name. It does not prove who the person is.
    email: emailOf(row.member.fullName),
    idMember: row.idMember,
    name: clean(row.member.fullName),
    role: row.memberType,
    invitedAt,
    expiresAt: invitedAt && expiryOf(invitedAt, context),
    invitedBy: null,
    state: invitedAt ? waitingState(invitedAt, context) : "pending",
  };
}

function waitingState(invitedAt: string, context: PlanContext): "pending" | "expired" {
  return expiryOf(invitedAt, context) <= context.now ? "expired" : "pending";
}

function expiryOf(invitedAt: string, { invitationDays }: PlanContext): string {
  return new Date(Date.parse(invitedAt) + invitationDays * DAY_MS).toISOString();
}

function stateText(state: AppliedEffect["effect"]["after"], name: string): string {
  if (state === null || typeof state !== "object" || !(name in state)) return "";
  const value = (state as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : "";
}
