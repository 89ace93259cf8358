import type { EnterpriseMemberRow } from "../../domain/enterprise.ts";
import { AppError, nullIfNotFound } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, isTrelloId } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findInApplication } from "../../people/applications.ts";
import { findAccount } from "../../people/accounts.ts";
import { membersWithEmail } from "../../people/emails.ts";
import { requireEnterpriseMember } from "../../people/enterprise.ts";
import { NOT_ALL_READ, requirePerson } from "../../people/find.ts";
import { labelOf, peopleOf, type Person } from "../../people/person.ts";
import { scimLabel } from "../../people/scim-users.ts";
import { answers } from "../../people/sources.ts";
import { findListed, type FoundPeople } from "../lists/found.ts";
import type { PeopleList } from "../lists/roster.ts";

/** A person whose access a plan takes away. */
export interface Leaver {
  /** The name for messages, such as `Jane Doe (@jane)`; the email if only an email is known. */
  readonly label: string;
  /** The Trello member; null if no member is proven to be this person. */
  readonly person: Person | null;
  /** The email with which the call names the person, in lower case; null if the call uses a name or an id. */
  readonly email: string | null;
  /** The email that the call gives in addition to the member, in lower case; null if the call gives none. */
  readonly stated: string | null;
  /** One entry for each workspace in which the person is a member or a guest. Empty if there is none. */
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
}

const BEYOND_WORKSPACES =
  "this offboarding includes the enterprise or the account, and other people there may have the same name";

/** What the call asks for: how far the offboarding goes, and whether it names one person or a list. */
interface Asked {
  readonly rung: Rung;
  readonly alone: boolean;
  /** Whether all workspaces were read. If not, a person with the same name may be in a workspace that was not read. */
  readonly allRead: boolean;
  /** The email that the call gives in addition to the one person. */
  readonly email?: string | undefined;
  /** Whether the call also includes other SCIM applications. A person may exist only there. */
  readonly everywhere?: boolean;
}

/** Finds the people of a list, each once. An entry that is not certain goes to `missed`. */
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

/** Finds the person of a call that names one person, not a list. */
export async function findLeaver(
  query: string,
  { rung, alone, allRead, email: given, everywhere = false }: Asked,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Leaver> {
  const email = query.includes("@", 1) ? query.toLowerCase() : null;
  // If the call names one person, a full name is enough to find the person on boards and in workspaces. It is not
  // enough in the enterprise or for the account, because other people there may have the same name.
  const names = alone && allRead && !reaches(rung, "enterprise");
  const whyNoName = !alone ? undefined : reaches(rung, "enterprise") ? BEYOND_WORKSPACES : NOT_ALL_READ;
  const rules = { names, whyNoName };
  const known = await requirePerson(query, snapshots, context, rules).catch(async (thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    const outside =
      (await findOutsideWorkspaces(query, rung, context)) ??
      (everywhere && email !== null ? await findInApplications(email, context.reads) : null);
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
 * Trello shows a guest's name only in some answers. If the name is known from one workspace, it is used in the guest's
 * other workspaces too.
 */
function placesOf({ idMember, member }: Person, snapshots: readonly WorkspaceSnapshot[]): Leaver["places"] {
  return snapshots.flatMap((snapshot) => {
    const person = peopleOf(snapshot).find((candidate) => candidate.idMember === idMember);
    return person ? [{ snapshot, person: { ...person, member: person.member ?? member } }] : [];
  });
}

/** A person who is in none of the workspaces that were read, but in the enterprise or the directory. */
export interface OutsideWorkspaces {
  /** Cleaned. */
  readonly label: string;
  /** The Trello member; null if only an email is known and no member is proven to have it. */
  readonly person: Person | null;
}

/**
 * Finds a person who is in none of the workspaces, if the offboarding includes the enterprise or the account (`RUNGS`).
 * One of three sources must show the person:
 * - the enterprise's list of members;
 * - an email that was linked to the member before;
 * - the SCIM User of an email.
 * Returns null if no source shows the person. Throws AMBIGUOUS if only the person's name matches.
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
  throw new AppError(
    "AMBIGUOUS",
    "It is not certain who this person is: only a name in the enterprise matches.",
    {
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
    },
  );
}

/**
 * Finds a person who exists only in other SCIM applications. If an application does not answer, the person may be in
 * it.
 */
async function findInApplications(
  email: string,
  { applications = [] }: Reads,
): Promise<OutsideWorkspaces | null> {
  for (const application of applications) {
    const found = await findInApplication(application, email);
    if (found.state !== "none") return { label: clean(email, 254), person: null };
  }
  return null;
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
 * Warnings about people who are named only by email. Trello hides emails, so a Trello member may have such an email,
 * and the plan does not show this member's boards. Only the enterprise's directory can show that no member has the
 * email, and only if all workspaces belong to the enterprise.
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
        `It is not certain that any Trello member has ${email}, so the plan removes no one from boards for this email. Search with find_member, then offboard the member by id or username as well.`,
    ),
    blindSpots: each(
      (email) => `It is unknown whether a Trello member has the email ${email}: Trello hides emails.`,
    ),
    untouched: each((email) => `Boards and workspaces of a Trello member who may have the email ${email}`),
    impactUnknown: unseen.length > 0,
  };
}

/** The steps (rungs) of an offboarding. Each step includes the steps before it. */
export const RUNGS = ["boards", "workspaces", "enterprise", "account"] as const;
export type Rung = (typeof RUNGS)[number];

/** Whether an offboarding up to `rung` includes the step `step`. */
export function reaches(rung: Rung, step: Rung): boolean {
  return RUNGS.indexOf(rung) >= RUNGS.indexOf(step);
}
