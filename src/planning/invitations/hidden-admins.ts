import type { PlanContext } from "../../domain/planning.ts";
import { listNames } from "../../domain/text.ts";
import type { MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { provenEmail } from "../../people/emails.ts";
import { labelOf } from "../../people/person.ts";
import { answers } from "../../people/sources.ts";

/** So many admins are looked up in the enterprise, a request each; what it answers is learnt. */
const MOST_ASKED = 20;

interface Place {
  readonly memberships: readonly MembershipWithMember[];
}

/** Of people in a place, the admins who may have any email. */
export type HiddenAmong = (memberships: Place["memberships"]) => readonly MembershipWithMember[];

/**
 * Admins of a workspace or of boards whose emails nothing proves. Trello gives whoever has an email the role of the
 * invitation, those who are in already too, so an invitation below admin may take the role from one of these.
 */
export async function hiddenAdmins(
  snapshot: WorkspaceSnapshot,
  places: readonly Place[],
  context: PlanContext,
): Promise<HiddenAmong> {
  const { enterprise, trello } = context.reads;
  // The enterprise was asked for the email already, and knows everybody of its own workspaces.
  if (answers(context.reads, "enterprise") && snapshot.workspace.idEnterprise === enterprise?.id)
    return () => [];
  const me = await trello.me();
  const mayBeHidden = ({ idMember, memberType }: MembershipWithMember): boolean =>
    memberType === "admin" && idMember !== me.id;
  const admins = new Map(
    places.flatMap(({ memberships }) => memberships.filter(mayBeHidden)).map((row) => [row.idMember, row]),
  );
  const unknown = await unproven([...admins.values()], {
    ...context,
    reads: { ...context.reads, enterprise: null },
  });
  const asked = unknown.slice(0, MOST_ASKED);
  const left = [...(await unproven(asked, context)), ...unknown.slice(asked.length)];
  const hidden = new Set(left.map(({ idMember }) => idMember));
  return (memberships) => memberships.filter((row) => mayBeHidden(row) && hidden.has(row.idMember));
}

/** What to say before an invitation that may be to one of them; nothing where there is none. */
export function hiddenAdminsWarning(admins: readonly MembershipWithMember[]): readonly string[] {
  const people = [...new Map(admins.map(({ idMember, member }) => [idMember, member]))];
  if (people.length === 0) return [];
  const names = people.map(([idMember, member]) => labelOf(member, idMember));
  return [
    `Trello hides the emails of these admins: ${listNames(names, 5)}. Whoever of them is invited here below admin loses that role.`,
  ];
}

async function unproven(
  rows: readonly MembershipWithMember[],
  context: PlanContext,
): Promise<readonly MembershipWithMember[]> {
  const proofs = await Promise.all(
    rows.map(({ idMember, member }) =>
      provenEmail({ idMember, member, membership: null, boards: [] }, context),
    ),
  );
  return rows.filter((_, index) => proofs[index] === null);
}
