import { comparableEmail } from "../domain/email.ts";
import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { LinkedEmail } from "../domain/identity.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Roster } from "../domain/roster.ts";
import { clean } from "../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { searchEnterprise } from "../people/enterprise.ts";
import { labelOf, nameGuests, peopleOf, type Person, statusOf } from "../people/person.ts";
import { askOptional } from "../people/sources.ts";

/** A person's access in one workspace. */
export interface ReviewedPlace {
  readonly snapshot: WorkspaceSnapshot;
  readonly person: Person;
  /** The person's open boards. Closed boards are left out, because they give no access until they are reopened. */
  readonly boards: readonly { readonly id: string; readonly name: string }[];
}

/** A person with the access in every workspace that was read. */
export interface ReviewedPerson {
  readonly idMember: string;
  readonly member: Member | null;
  /** Cleaned by `clean`. */
  readonly label: string;
  readonly places: readonly ReviewedPlace[];
  /** Emails in lower case that are proven to belong to this person and to no other member. */
  readonly emails: readonly string[];
  /** Emails that sources also assign to another member. So they prove nothing about this person. */
  readonly disputed: readonly string[];
  readonly accountId: string | null;
  /** The last activity, ISO 8601; null if no source shows it. */
  readonly lastActive: string | null;
}

/**
 * All members and guests of the workspaces, each once, with the emails and accounts that are proven for them. If a row
 * of a roster has the Atlassian account id of a person, it also proves the person's emails.
 */
export async function reviewedPeople(
  snapshots: readonly WorkspaceSnapshot[],
  rosters: readonly Roster[],
  context: PlanContext,
): Promise<readonly ReviewedPerson[]> {
  const { reads } = context;
  const rows = await enterpriseRows(context);
  const emailsOf = emailsByAccount(rosters);
  const places = new Map<string, ReviewedPlace[]>();
  for (const snapshot of snapshots) {
    const open = new Set(snapshot.boards.filter(({ closed }) => !closed).map(({ id }) => id));
    for (const person of peopleOf(snapshot, await nameGuests(snapshot, reads))) {
      const boards = person.boards.filter(({ id }) => open.has(id));
      const place = { snapshot, person, boards };
      places.set(person.idMember, [...(places.get(person.idMember) ?? []), place]);
    }
  }
  const links = await context.identities.emailsOfMany([...places.keys()]);
  const owners = new Map<string, Set<string>>();
  const found: ReviewedPerson[] = [];
  for (const [idMember, each] of places) {
    const person = personOf(idMember, each, {
      row: rows.get(idMember),
      emailsOf,
      links: links.get(idMember) ?? [],
    });
    found.push(person);
    for (const email of person.emails) owners.set(email, (owners.get(email) ?? new Set()).add(idMember));
  }
  const isOwn = (email: string): boolean => owners.get(email)?.size === 1;
  return found.map((person) => ({
    ...person,
    emails: person.emails.filter(isOwn),
    disputed: [...new Set([...person.disputed, ...person.emails.filter((email) => !isOwn(email))])],
  }));
}

/**
 * Whether the person can open something in the workspace today. A person who is deactivated, or who has only been
 * invited, cannot.
 */
export function hasAccess({ person, boards }: ReviewedPlace): boolean {
  if (person.membership === null) return boards.length > 0 && statusOf(person) === "active";
  return statusOf(person) === "active";
}

function personOf(
  idMember: string,
  places: readonly ReviewedPlace[],
  {
    row,
    emailsOf,
    links,
  }: {
    readonly row: EnterpriseMemberRow | undefined;
    readonly emailsOf: EmailsOf;
    readonly links: readonly LinkedEmail[];
  },
): ReviewedPerson {
  const named = places.flatMap(({ person }) => person.member ?? []);
  const member = named[0] ?? row?.member ?? null;
  const accountId = named.find(({ aaId }) => aaId)?.aaId ?? row?.member.aaId ?? null;
  const shown = [...named.map(({ email }) => email), row?.member.email, ...emailsOf(accountId)].flatMap(
    (email) => (email ? [compared(email)] : []),
  );
  const disputed = links.filter((link) => link.disputed).map(({ email }) => compared(email));
  const proven = [...shown, ...links.filter((link) => !link.disputed).map(({ email }) => compared(email))];
  const seen = [...named.map(({ dateLastActive }) => dateLastActive), row?.member.dateLastActive];
  return {
    idMember,
    member,
    label: labelOf(member, idMember),
    places,
    emails: [...new Set(proven)]
      .map((email) => clean(email, 254))
      .filter((email) => !disputed.includes(email)),
    disputed,
    accountId,
    lastActive:
      seen
        .filter((date): date is string => !!date)
        .sort()
        .at(-1) ?? null,
  };
}

/**
 * The email in the form in which it is compared with the emails in rosters: in lower case, with the domain in ASCII.
 */
function compared(email: string): string {
  return comparableEmail(email) ?? email.toLowerCase();
}

type EmailsOf = (accountId: string | null) => readonly string[];

function emailsByAccount(rosters: readonly Roster[]): EmailsOf {
  const rows = rosters.flatMap(({ people }) => people.filter((row) => row.accountId !== null));
  const emails = new Map(rows.map((row) => [row.accountId, row.emails]));
  return (accountId) => (accountId === null ? [] : (emails.get(accountId) ?? []));
}

/**
 * The rows of the enterprise's directory, by member id. Empty if there is no enterprise, or if Trello refuses to show
 * them.
 */
async function enterpriseRows({ reads }: PlanContext): Promise<ReadonlyMap<string, EnterpriseMemberRow>> {
  const rows = await askOptional(reads, "enterprise", (from) =>
    searchEnterprise(from, { query: {}, fits: () => true }),
  );
  return new Map((rows ?? []).map((row) => [row.member.id, row]));
}
