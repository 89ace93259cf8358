import type { Json } from "../domain/json.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import type { AppliedEffect } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import type { MembershipWithMember, WorkspaceSnapshot } from "../domain/trello.ts";
import { enterpriseRowWithEmail } from "./enterprise.ts";
import { askOptional } from "./sources.ts";

/**
 * Returns the id of the ghost (member without an account) that this server invited to a workspace by an email. null if
 * there is no such ghost, or several. Whoever invites a ghost chooses its name, so a name that looks like an email
 * proves nothing by itself. A ghost's name is trusted only if this server sent the invitation.
 */
export type InvitedGhosts = (email: string) => string | null;

/**
 * Finds the ghosts that this server invited to this workspace, by their emails. It reads the stored records of
 * invitations.
 */
export async function invitedGhosts(
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<InvitedGhosts> {
  const isEmpty = !snapshot.memberships.some(({ member }) => member.memberType === "ghost");
  if (isEmpty) return () => null;
  return ghostsInvitedBy(snapshot, await context.invitations(snapshot.workspace.id));
}

/**
 * Finds the ghosts that earlier invitations created. `rows`: the effects that invited people by email or revoked such
 * an invitation, the newest first.
 */
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
    // Only the first invitation to an email creates a ghost. So the record of the first invitation lists the ghosts
    // that already had the invited name before. Those ghosts belong to other invitations.
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

/** Why an accepted invitation may not be visible. */
export const HIDDEN_EMAIL = "accepted by Trello, which does not show who owns the email";

interface SentInvitation {
  readonly email: string;
  readonly fullName: string;
  /** The ids of members whose name was already the same as `fullName` before the invitation was sent. */
  readonly sameName: readonly string[];
}

/**
 * The membership that an invitation by email created; null if none is visible. Trello hides emails, so three things are
 * compared: the email in the member's own record, the ghost with the invitation's name, and the enterprise's directory.
 * Trello's search for people is not used, because it also finds people who only use the email as their name.
 */
export async function invitedAmong(
  memberships: readonly MembershipWithMember[],
  invitation: SentInvitation,
  reads: Reads,
): Promise<MembershipWithMember | null> {
  const email = invitation.email.toLowerCase();
  const shown = memberships.find((row) => row.member.email?.toLowerCase() === email);
  if (shown) return shown;
  const ghost = ghostAmong(memberships, invitation);
  if (ghost) return ghost;
  const owner = await askOptional(reads, "enterprise", (from) => enterpriseRowWithEmail(email, from));
  return memberships.find(({ idMember }) => idMember === owner?.member.id) ?? null;
}

/**
 * The ghost with the name of an invitation. People with an account are not compared, because they choose their names.
 */
export function ghostAmong(
  memberships: readonly MembershipWithMember[],
  { fullName, sameName }: SentInvitation,
): MembershipWithMember | null {
  const found = memberships.find(
    ({ idMember, member }) =>
      member.memberType === "ghost" && member.fullName === fullName && !sameName.includes(idMember),
  );
  return found ?? null;
}

/**
 * The key of a stored fact: which member an invitation to this email created. A ghost who signs up keeps the id but
 * gets a new name. The fact does not prove that the member owns the email.
 */
export function invitedKey(email: string): string {
  return `invited:${email.toLowerCase()}`;
}

/** The members that this server's invitations to an email created, from the stored facts. */
export async function invitedAs(
  email: string,
  { fact }: Pick<PlanContext, "fact">,
): Promise<readonly string[]> {
  const idMember = await fact(invitedKey(email));
  return typeof idMember === "string" ? [idMember] : [];
}
