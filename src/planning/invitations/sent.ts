import { emailOf } from "../../domain/email.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { AppliedEffect } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import type { MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteBoardMember, inviteWorkspaceMember, revokeInvitation } from "../../effects/invitations.ts";
import { ghostsInvitedBy, invitedAs, type InvitedGhosts } from "../../people/invited.ts";
import { dateOfId, peopleOf, type Person, withGuestNames } from "../../people/person.ts";

export type InvitationState = "pending" | "expired" | "accepted" | "revoked" | "gone";

/** An invitation to a workspace, as this server's own records and Trello's data show it. */
export interface Invitation {
  /**
   * The invited email. For an invitation that other people sent, it is the name of the ghost (the member without an
   * account), if that name is an email; otherwise null. Such a name does not prove who the person is.
   */
  readonly email: string | null;
  readonly idMember: string | null;
  readonly name: string;
  /** The role in the workspace; `guest` for an invitation to boards only. */
  readonly role: string;
  /** The boards to which a guest is invited, at most three names. */
  readonly boards?: readonly string[];
  /** When the invitation was sent, ISO 8601; null if unknown. */
  readonly invitedAt: string | null;
  readonly expiresAt: string | null;
  /**
   * Who sent the invitation, if this server sent it. Otherwise null, until `withInviters` finds the sender in Trello's
   * action feed.
   */
  readonly invitedBy: string | null;
  readonly isOurs: boolean;
  /** `gone`: the person has left the workspace, but this server did not revoke the invitation. */
  readonly state: InvitationState;
}

/** An invitation that this server sent. */
type Dated = Invitation & { readonly invitedAt: string; readonly expiresAt: string };

const DAY_MS = 86_400_000;

/**
 * Lists a workspace's invitations, newest first. The list is computed at each call: this server's records of invited
 * and revoked people are compared with the people who are in the workspace now.
 * People whom others invited and who have not joined are added: ghosts (members without an account), unconfirmed
 * members, and guests who are not confirmed on any board.
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
    // If a run invited a person to the workspace and also to boards, only the invitation to the workspace is shown.
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
  const guests = (await waitingGuests(snapshot, known, context)).map((guest) =>
    guestOfOthers(guest, snapshot, context),
  );
  const newest = (a: Invitation, b: Invitation) => ((a.invitedAt ?? "") < (b.invitedAt ?? "") ? 1 : -1);
  return [...ours, ...others, ...guests].toSorted(newest);
}

/** Whether the person was invited and has not joined yet. */
function isWaiting({ member, unconfirmed }: MembershipWithMember): boolean {
  return member.memberType === "ghost" || unconfirmed;
}

/**
 * Guests whom others invited and who have not joined yet. Their names are read from some of their boards, because the
 * workspace's data has only their ids.
 */
async function waitingGuests(
  snapshot: WorkspaceSnapshot,
  known: ReadonlySet<string | null>,
  { reads }: PlanContext,
): Promise<readonly Person[]> {
  const waiting = peopleOf(snapshot).filter(
    ({ idMember, membership, unconfirmed }) => !membership && unconfirmed && !known.has(idMember),
  );
  if (waiting.length === 0) return [];
  const ids = new Set(waiting.map(({ idMember }) => idMember));
  const only = (board: (typeof snapshot.boards)[number]) => ({
    ...board,
    memberships: board.memberships.filter(({ idMember }) => ids.has(idMember)),
  });
  return withGuestNames(waiting, { ...snapshot, memberships: [], boards: snapshot.boards.map(only) }, reads);
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
    isOurs: true,
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
  /** The name of the invited person; null for a guest, because the workspace's data contains no names of guests. */
  readonly name: string | null;
  readonly waits: boolean;
}

/**
 * Finds the membership of an invited person. First it searches by the member ids that are stored for the email.
 * Otherwise it searches by the name in the invitation, if exactly one ghost (a member without an account) has that
 * name.
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

/** Describes an invitation to the workspace that other people sent. */
function invitationOfOthers(row: MembershipWithMember, context: PlanContext): Invitation {
  return byOthers(row.idMember, row.member, row.memberType, dateOf([row.id], context), context);
}

/** Describes an invitation to boards that other people sent. Its date is the date of the newest board membership. */
function guestOfOthers(
  { idMember, member, boards }: Person,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Invitation {
  const rows = snapshot.boards.flatMap((board) =>
    board.memberships.flatMap((row) => (row.idMember === idMember ? [row.id] : [])),
  );
  return {
    ...byOthers(idMember, member, "guest", dateOf(rows, context), context),
    boards: boards.slice(0, SHOWN_BOARDS).map(({ name }) => name),
  };
}

const SHOWN_BOARDS = 3;

function byOthers(
  idMember: string,
  member: Person["member"],
  role: string,
  invitedAt: string | null,
  context: PlanContext,
): Invitation {
  return {
    // The inviter chose the name of the ghost (the member without an account). If the name is an email, it is shown as
    // the email, but it does not prove who the person is.
    email: emailOf(member?.fullName ?? ""),
    idMember,
    name: clean(member?.fullName ?? ""),
    role,
    invitedAt,
    expiresAt: invitedAt && expiryOf(invitedAt, context),
    invitedBy: null,
    isOurs: false,
    state: invitedAt ? waitingState(invitedAt, context) : "pending",
  };
}

/**
 * The newest date in the ids of memberships, because an id of Trello contains the time at which it was made. An id from
 * another source may contain a future date, which is not used.
 */
function dateOf(ids: readonly string[], { now }: PlanContext): string | null {
  const dates = ids.flatMap((id) => dateOfId(id) ?? []).filter((date) => date <= now);
  return dates.toSorted().at(-1) ?? null;
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
