import type { PlanContext } from "../../domain/planning.ts";
import { listNames, titledList } from "../../domain/text.ts";
import type { MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { provenEmail } from "../../people/emails.ts";
import { labelOf } from "../../people/person.ts";
import { answers } from "../../people/sources.ts";

/**
 * At most 20 admins are looked up in the enterprise in one call, because each lookup is one request. Each email that is
 * found is stored, so this admin is not looked up again.
 */
const MOST_ASKED = 20;

interface MembershipSource {
  readonly memberships: readonly MembershipWithMember[];
}

/** Returns the admins of a workspace or board whose emails this server does not know. */
export type HiddenAmong = (memberships: MembershipSource["memberships"]) => readonly MembershipWithMember[];

/**
 * Finds the admins of a workspace or board whose emails this server does not know. If the invited email belongs to such
 * an admin, Trello gives the admin the role of the invitation. If that role is lower, the admin loses the admin role.
 */
export async function hiddenAdmins(
  snapshot: WorkspaceSnapshot,
  places: readonly MembershipSource[],
  context: PlanContext,
): Promise<HiddenAmong> {
  const { enterprise, trello } = context.reads;
  // The enterprise knows all people of its own workspaces and shows no one with this email. So no admin of these
  // workspaces has the email.
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

/** The warning that an invited email may belong to an admin whose email is hidden. Empty if there is no such admin. */
export function hiddenAdminsWarning(admins: readonly MembershipWithMember[]): readonly string[] {
  const people = [...new Map(admins.map(({ idMember, member }) => [idMember, member]))];
  if (people.length === 0) return [];
  const names = people.map(([idMember, member]) => labelOf(member, idMember));
  return [
    `Trello hides the emails of these admins: ${listNames(names, 5)}. If one of the invited emails is theirs, the invitation lowers their role.`,
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

/**
 * Warns if an invited person has the same name as exactly one member. Trello hides emails, so the two may be one
 * person.
 */
export function namesakeLines(
  newcomers: readonly { readonly whom: string; readonly fullName?: string | undefined }[],
  { memberships }: WorkspaceSnapshot,
): readonly string[] {
  const same = newcomers.flatMap(({ whom, fullName }) => {
    const found = memberships.filter(
      ({ member }) => member.memberType !== "ghost" && fullName !== undefined && member.fullName === fullName,
    );
    const [only] = found;
    return only && found.length === 1 ? [`${whom} as ${labelOf(only.member, only.idMember)}`] : [];
  });
  return titledList("These people may be members already, because a member has the same full name", same);
}
