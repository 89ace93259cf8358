import type { EnterpriseMemberRow } from "../../domain/enterprise.ts";
import { AppError, nullIfNotFound } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findAccount } from "../../people/accounts.ts";
import { membersWithEmail } from "../../people/emails.ts";
import { requireEnterpriseMember } from "../../people/enterprise.ts";
import { requirePerson } from "../../people/find.ts";
import { labelOf, peopleOf, type Person } from "../../people/person.ts";
import { scimLabel } from "../../people/scim-users.ts";
import { answers } from "../../people/sources.ts";
import { findListed, type FoundPeople } from "../lists/found.ts";
import type { PeopleList } from "../lists/roster.ts";

/** Somebody who is to lose access. */
export interface Leaver {
  /** For people, cleaned: `Jane Doe (@jane)`; somebody of whom only an email is known goes by that. */
  readonly label: string;
  /** null if no Trello member is proven to be meant. */
  readonly person: Person | null;
  /** The email that was given for them, in lower case; null if they were given otherwise. */
  readonly email: string | null;
  /** The email that the caller states for a member, in lower case; null if none is stated. */
  readonly stated: string | null;
  /** The person in each workspace that has them, as member or guest; none where they are known otherwise only. */
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
}

/** How far the offboarding goes, and whether the caller named one person instead of a list. */
interface Asked {
  readonly rung: Rung;
  readonly alone: boolean;
  /** The email that the caller states for that one person. */
  readonly email?: string | undefined;
}

/** Finds the people of a list, each once however often they are named; whoever is not certain is left out and named. */
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

/** One person who was named alone, not on a list. */
export async function findLeaver(
  query: string,
  { rung, alone, email: given }: Asked,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Leaver> {
  const email = query.includes("@", 1) ? query.toLowerCase() : null;
  // A full name is enough for one person whom the caller named, and not for the enterprise or the account.
  const names = alone && !reaches(rung, "enterprise");
  const known = await requirePerson(query, snapshots, context, { names }).catch(async (thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    const elsewhere = await leaverElsewhere(query, rung, context);
    if (elsewhere) return elsewhere;
    throw thrown;
  });
  const stated = given?.toLowerCase() ?? null;
  return isElsewhere(known)
    ? { ...known, email, stated, places: [] }
    : {
        label: labelOf(known.member, known.idMember),
        person: known,
        email,
        stated,
        places: placesOf(known, snapshots),
      };
}

function isElsewhere(known: Person | Elsewhere): known is Elsewhere {
  return "label" in known;
}

/** Where the person is; under the name that one place told, since a guest has none in the others. */
function placesOf({ idMember, member }: Person, snapshots: readonly WorkspaceSnapshot[]): Leaver["places"] {
  return snapshots.flatMap((snapshot) => {
    const person = peopleOf(snapshot).find((candidate) => candidate.idMember === idMember);
    return person ? [{ snapshot, person: { ...person, member: person.member ?? member } }] : [];
  });
}

/** Somebody who was seen in none of the workspaces. */
export interface Elsewhere {
  /** Cleaned. */
  readonly label: string;
  /** null if only an email is known, which no Trello member is proven to have. */
  readonly person: Person | null;
}

/**
 * Somebody who is in none of the workspaces and whom a higher rung reaches all the same: by the row of the enterprise, by
 * an email that was linked to the member before, or by the SCIM User of an email. null if none of these knows them;
 * AMBIGUOUS if only the name fits.
 */
async function leaverElsewhere(query: string, rung: Rung, context: PlanContext): Promise<Elsewhere | null> {
  if (!reaches(rung, "enterprise")) return null;
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (wanted.includes("@")) return byEmail(wanted, rung, context);
  if (/^[0-9a-f]{24}$/.test(wanted)) return byId(wanted, rung, context);
  const row = await enterpriseRow(wanted, context);
  if (!row) return null;
  if (row.member.username.toLowerCase() === wanted) return fromRow(row);
  throw new AppError("AMBIGUOUS", "Who is meant is not certain: only a name of the enterprise fits.", {
    next: "If the one candidate is meant, call again with that id.",
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

async function byEmail(email: string, rung: Rung, context: PlanContext): Promise<Elsewhere | null> {
  const proofs = await membersWithEmail(email, [], context);
  const [proof] = proofs.filter(({ confidence }) => confidence === "certain");
  if (proof) return byId(proof.idMember, rung, context);
  if (!reaches(rung, "account") || !context.reads.scim) return null;
  const { user } = await findAccount({ emails: [email], accountId: null }, context.reads);
  return user && { label: scimLabel(user), person: null };
}

async function byId(idMember: string, rung: Rung, context: PlanContext): Promise<Elsewhere | null> {
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

function fromRow({ member }: EnterpriseMemberRow): Elsewhere {
  return {
    label: labelOf(member, member.id),
    person: { idMember: member.id, member, membership: null, boards: [] },
  };
}

/**
 * What must be said where a leaver is known by an email alone: a Trello member may stand behind it unseen, and the account
 * would take boards that the plan cannot show. Trello hides emails, so that no member is proven to have one does not mean that none has it. Only the enterprise's
 * directory shows them, and only where every workspace looked at belongs to it does its silence prove something.
 */
export async function hiddenMembers(
  leavers: readonly Leaver[],
  snapshots: readonly WorkspaceSnapshot[],
  { reads, identities }: PlanContext,
): Promise<PlanPart> {
  const emails = leavers.flatMap(({ person, email }) => (person || email === null ? [] : [email]));
  const covered =
    answers(reads, "enterprise") &&
    snapshots.every(({ workspace }) => workspace.idEnterprise === reads.enterprise?.id);
  const links = await Promise.all(emails.map((email) => identities.membersOf(email)));
  const hidden = emails.filter((_email, index) => !covered || (links[index]?.length ?? 0) > 0);
  const each = (line: (email: string) => string) => hidden.map((email) => line(clean(email, 254)));
  return {
    warnings: each(
      (email) =>
        `No Trello member is proven to have ${email}, so nobody is taken off boards for it. Look with find_member; offboard the member by id or username as well.`,
    ),
    blindSpots: each((email) => `Which Trello member has the email ${email}, if any: Trello hides emails.`),
    untouched: each(
      (email) => `Boards and workspaces of the Trello member with the email ${email}, if there is one`,
    ),
    impactUnknown: hidden.length > 0,
  };
}

/** How far offboarding goes; each rung includes those before it. */
export const RUNGS = ["boards", "workspaces", "enterprise", "account"] as const;
export type Rung = (typeof RUNGS)[number];

/** Whether going up to `rung` includes `step`. */
export function reaches(rung: Rung, step: Rung): boolean {
  return RUNGS.indexOf(rung) >= RUNGS.indexOf(step);
}
