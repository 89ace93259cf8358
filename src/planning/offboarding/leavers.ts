import type { EnterpriseMemberRow } from "../../domain/enterprise.ts";
import { AppError, nullIfNotFound } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, isTrelloId } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findAccount } from "../../people/accounts.ts";
import { membersWithEmail } from "../../people/emails.ts";
import { requireEnterpriseMember } from "../../people/enterprise.ts";
import { NOT_ALL_READ, requirePerson } from "../../people/find.ts";
import { labelOf, peopleOf, type Person } from "../../people/person.ts";
import { scimLabel } from "../../people/scim-users.ts";
import { answers } from "../../people/sources.ts";
import { findListed, type FoundPeople } from "../lists/found.ts";
import type { PeopleList } from "../lists/roster.ts";

/** A person who is to lose access. */
export interface Leaver {
  /** The name for messages, cleaned: `Jane Doe (@jane)`. If only an email is known, the label is that email. */
  readonly label: string;
  /** null if no Trello member is proven to be this person. */
  readonly person: Person | null;
  /** The email by which the caller named the person, in lower case; null if the caller used a name or an id. */
  readonly email: string | null;
  /** The email that the caller gives besides the member, in lower case; null if the caller gives none. */
  readonly stated: string | null;
  /**
   * One entry for each workspace in which the person is a member or guest; empty if the person is in none of them.
   */
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
}

const BEYOND_WORKSPACES =
  "this rung reaches the enterprise or the account, and other people there may have the same name";

/** How far the offboarding goes, and whether the caller named one person instead of a list. */
interface Asked {
  readonly rung: Rung;
  readonly alone: boolean;
  /** Whether all workspaces were read. If not, a person who was not read may have the same name. */
  readonly allRead: boolean;
  /** The email that the caller gives besides that one person. */
  readonly email?: string | undefined;
}

/**
 * Finds the people of a list. A person who is named twice is returned once. A name that is not certain goes to
 * `missed`.
 */
export async function findLeavers(
  list: PeopleList,
  asked: Asked,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<FoundPeople<Leaver>> {
  const find = (query: string) => findLeaver(query, asked, snapshots, context);
  const { found, missed } = await findListed(list, find, snapshots, context);
  const each = new Map(found.map((leaver) => [leaver.person?.idMember ?? leaver.label, leaver]));
  return { found: [...each.values()], missed };
}

/** Finds one person that the caller named alone, not on a list. */
export async function findLeaver(
  query: string,
  { rung, alone, allRead, email: given }: Asked,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Leaver> {
  const email = query.includes("@", 1) ? query.toLowerCase() : null;
  // A full name is proof enough for boards and workspaces if the caller named one person. It is too weak for the
  // enterprise or the account.
  const names = alone && allRead && !reaches(rung, "enterprise");
  const whyNoName = !alone ? undefined : reaches(rung, "enterprise") ? BEYOND_WORKSPACES : NOT_ALL_READ;
  const rules = { names, whyNoName };
  const known = await requirePerson(query, snapshots, context, rules).catch(async (thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    const outside = await findOutsideWorkspaces(query, rung, context);
    if (outside) return outside;
    throw thrown;
  });
  const stated = given?.toLowerCase() ?? null;
  return isOutsideWorkspaces(known)
    ? { ...known, email, stated, places: [] }
    : {
        label: labelOf(known.member, known.idMember),
        person: known,
        email,
        stated,
        places: placesOf(known, snapshots),
      };
}

function isOutsideWorkspaces(known: Person | OutsideWorkspaces): known is OutsideWorkspaces {
  return "label" in known;
}

/**
 * Trello shows a guest's name in one workspace only, so the name found there is used for the other workspaces too.
 */
function placesOf({ idMember, member }: Person, snapshots: readonly WorkspaceSnapshot[]): Leaver["places"] {
  return snapshots.flatMap((snapshot) => {
    const person = peopleOf(snapshot).find((candidate) => candidate.idMember === idMember);
    return person ? [{ snapshot, person: { ...person, member: person.member ?? member } }] : [];
  });
}

/** A person who is in none of the workspaces that were read. */
export interface OutsideWorkspaces {
  /** Cleaned. */
  readonly label: string;
  /** null if only an email is known and no Trello member is proven to have it. */
  readonly person: Person | null;
}

/**
 * Finds a person who is in none of the workspaces, if the offboarding goes further than those: to the enterprise or the
 * account (`RUNGS`). The person is known by one of:
 * - a row of the enterprise;
 * - an email that was linked to the member before;
 * - the SCIM User of an email.
 * Returns null if none of these knows the person. Throws AMBIGUOUS if only the name matches.
 */
async function findOutsideWorkspaces(
  query: string,
  rung: Rung,
  context: PlanContext,
): Promise<OutsideWorkspaces | null> {
  if (!reaches(rung, "enterprise")) return null;
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (wanted.includes("@")) return byEmail(wanted, rung, context);
  if (isTrelloId(wanted)) return byId(wanted, rung, context);
  const row = await enterpriseRow(wanted, context);
  if (!row) return null;
  if (row.member.username.toLowerCase() === wanted) return fromRow(row);
  throw new AppError("AMBIGUOUS", "The person is not certain: only a name in the enterprise matches.", {
    next: "If this candidate is the right person, call again with the candidate's id.",
    details: {
      candidates: [
        {
          id: row.member.id,
          name: labelOf(row.member, row.member.id),
          confidence: "likely",
          reason: "same name in the enterprise",
        },
      ],
    },
  });
}

async function byEmail(email: string, rung: Rung, context: PlanContext): Promise<OutsideWorkspaces | null> {
  const proofs = await membersWithEmail(email, [], context);
  const [proof] = proofs.filter(({ confidence }) => confidence === "certain");
  if (proof) return byId(proof.idMember, rung, context);
  if (!reaches(rung, "account") || !context.reads.scim) return null;
  const { user } = await findAccount({ emails: [email], accountId: null }, context.reads);
  return user && { label: scimLabel(user), person: null };
}

async function byId(idMember: string, rung: Rung, context: PlanContext): Promise<OutsideWorkspaces | null> {
  const row = await enterpriseRow(idMember, context);
  if (row) return fromRow(row);
  if (!reaches(rung, "account") || !context.reads.scim) return null;
  for (const { email, disputed } of await context.identities.emailsOf(idMember)) {
    if (disputed) continue;
    const { user } = await findAccount({ emails: [email], accountId: null }, context.reads);
    if (!user) continue;
    const person = { idMember, member: null, membership: null, boards: [] };
    return { label: `${clean(email, 254)} (${idMember})`, person };
  }
  return null;
}

async function enterpriseRow(query: string, context: PlanContext): Promise<EnterpriseMemberRow | null> {
  return context.reads.enterprise ? nullIfNotFound(() => requireEnterpriseMember(query, context)) : null;
}

function fromRow({ member }: EnterpriseMemberRow): OutsideWorkspaces {
  return {
    label: labelOf(member, member.id),
    person: { idMember: member.id, member, membership: null, boards: [] },
  };
}

/**
 * The warnings for leavers who are known only by an email. Trello hides emails, so a Trello member may still have that
 * email. The plan cannot show the boards that this member would lose with the account. Only the enterprise's directory
 * shows emails. It rules such a member out only if all workspaces that were read belong to the enterprise.
 */
export async function unseenMembers(
  leavers: readonly Leaver[],
  snapshots: readonly WorkspaceSnapshot[],
  { reads, identities }: PlanContext,
): Promise<PlanPart> {
  const emails = leavers.flatMap(({ person, email }) => (person || email === null ? [] : [email]));
  const allRead =
    answers(reads, "enterprise") &&
    snapshots.every(({ workspace }) => workspace.idEnterprise === reads.enterprise?.id);
  const links = await Promise.all(emails.map((email) => identities.membersOf(email)));
  const unseen = emails.filter((_email, index) => !allRead || (links[index]?.length ?? 0) > 0);
  const each = (line: (email: string) => string) => unseen.map((email) => line(clean(email, 254)));
  return {
    warnings: each(
      (email) =>
        `No Trello member is proven to have ${email}, so the plan takes no member off boards for this email. Search with find_member, then offboard the member by id or username as well.`,
    ),
    blindSpots: each((email) => `Whether a Trello member has the email ${email}: Trello hides emails.`),
    untouched: each((email) => `Boards and workspaces of a Trello member who may have the email ${email}`),
    impactUnknown: unseen.length > 0,
  };
}

/** How far an offboarding goes. Each rung includes the rungs before it. */
export const RUNGS = ["boards", "workspaces", "enterprise", "account"] as const;
export type Rung = (typeof RUNGS)[number];

/** Whether an offboarding up to `rung` includes the rung `step`. */
export function reaches(rung: Rung, step: Rung): boolean {
  return RUNGS.indexOf(rung) >= RUNGS.indexOf(step);
}
