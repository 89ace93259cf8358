import { emailOf } from "../domain/email.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean, nameKey, isTrelloId } from "../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { membersWithEmail } from "./emails.ts";
import { nearest } from "./near.ts";
import { nameGuests, peopleOf, type Person, statusOf, statusText } from "./person.ts";

/**
 * How certain it is that a person is meant. `certain`: found by id, by username, or by a source that shows the email.
 * `likely`: found by the exact name, or by a source that only hints at the email. `possible`: found by a similar name.
 */
export type Confidence = "certain" | "likely" | "possible";

export interface Candidate {
  readonly person: Person;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Whether the searched text is the person's full name. */
  readonly fullName: boolean;
  /** Short names (slugs) of the workspaces in which the person was found. */
  readonly workspaces: readonly string[];
  /**
   * The names of the workspaces in which the person was found. The person's status is added to a name if the person is
   * not an active member of that workspace.
   */
  readonly where: readonly string[];
  /** The workspaces in which the person is not an active member, each with the status. */
  readonly odd: readonly string[];
}

/**
 * Finds the people that a text may mean, the most certain first. Trello hides emails, so an email counts only if a
 * source proves it.
 */
export async function findPeople(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<readonly Candidate[]> {
  const known = seen(snapshots, new Map());
  const direct = await byProof(query, known, context);
  if (direct.some(({ confidence }) => confidence === "certain")) return direct;

  const namesakes = byName(query, known);
  const here = eachOnce([...direct, ...namesakes]);
  if (here.some(({ confidence }) => confidence === "likely") || isTrelloId(wordOf(query))) return here;
  // Reading the names of guests costs requests. So they are read only if no member matches.
  const all = await withGuests(snapshots, context);
  if (all.size === 0) return here;
  return eachOnce([...(await byProof(query, all, context)), ...byName(query, all)]);
}

/** All people with exactly this full name, guests included. */
export async function peopleNamed(
  fullName: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<readonly Person[]> {
  const guests = await withGuests(snapshots, context);
  const everybody = guests.size > 0 ? guests : seen(snapshots, new Map());
  return byName(fullName, everybody).flatMap((candidate) => (candidate.fullName ? [candidate.person] : []));
}

/**
 * People with a name or username similar to the text: a typing error, an initial, or a short form. Guests are included.
 * A similar name is only shown as a hint: no change is made for this person. For an email or an id, the result is
 * empty.
 */
export async function peopleNear(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<readonly Candidate[]> {
  const word = wordOf(query);
  if (emailOf(word) !== null || isTrelloId(word)) return [];
  const named = await withGuests(snapshots, context);
  const everybody = named.size > 0 ? named : seen(snapshots, new Map());
  const found = nearest(word, [...everybody.values()], ({ person: { member } }) =>
    member ? [member.fullName, member.username] : [],
  );
  return found.map((sighting) => ({
    ...sighting,
    confidence: "possible",
    reason: "similar name",
    fullName: false,
  }));
}

interface Sighting {
  readonly person: Person;
  readonly workspaces: readonly string[];
  readonly where: readonly string[];
  readonly odd: readonly string[];
}

function seen(
  snapshots: readonly WorkspaceSnapshot[],
  guests: ReadonlyMap<string, Member>,
): ReadonlyMap<string, Sighting> {
  const all = new Map<string, Sighting>();
  for (const snapshot of snapshots) {
    for (const person of peopleOf(snapshot, guests)) {
      const before = all.get(person.idMember);
      const oddity = oddityOf(person);
      const name = clean(snapshot.workspace.displayName, 60);
      const where = oddity ? `${name} (${oddity})` : name;
      all.set(person.idMember, {
        person: before?.person.member ? before.person : person,
        workspaces: [...(before?.workspaces ?? []), snapshot.workspace.name],
        where: [...(before?.where ?? []), where],
        odd: [...(before?.odd ?? []), ...(oddity ? [where] : [])],
      });
    }
  }
  return all;
}

/** The person's status in a workspace, in words. Empty for an active member. */
function oddityOf(person: Person): string {
  const state = statusOf(person);
  return [...(person.membership ? [] : ["guest"]), ...(state === "active" ? [] : [statusText(state)])].join(
    ", ",
  );
}

/**
 * All people of the workspaces, with the names of guests. Empty if there is no guest whose name can be read; the caller
 * then uses the people without the names of guests.
 */
async function withGuests(
  snapshots: readonly WorkspaceSnapshot[],
  { reads }: PlanContext,
): Promise<ReadonlyMap<string, Sighting>> {
  const guests = new Map<string, Member>();
  for (const snapshot of snapshots) {
    for (const [id, member] of await nameGuests(snapshot, reads)) guests.set(id, member);
  }
  return guests.size === 0 ? new Map() : seen(snapshots, guests);
}

async function byProof(
  query: string,
  known: ReadonlyMap<string, Sighting>,
  context: PlanContext,
): Promise<readonly Candidate[]> {
  const wanted = wordOf(query);
  const certain = (sighting: Sighting | undefined, reason: string): readonly Candidate[] =>
    sighting ? [{ ...sighting, confidence: "certain", reason, fullName: false }] : [];
  if (isTrelloId(wanted)) return certain(await named(known.get(wanted.toLowerCase()), context), "id");
  const lower = wanted.toLowerCase();
  const email = emailOf(wanted);
  const username = [...known.values()].find(({ person }) => person.member?.username.toLowerCase() === lower);
  // People choose their usernames themselves, so a username that looks like an email proves nothing.
  if (username && email === null) {
    // A word without @ may be a username, but also the whole name of another person. Only `@username` is certain.
    const namesakes = query.trim().startsWith("@") ? [] : byName(query, known);
    const others = namesakes.filter(
      ({ fullName, person }) => fullName && person.idMember !== username.person.idMember,
    );
    if (others.length === 0) return certain(username, "username");
    return [
      {
        ...username,
        confidence: "likely",
        reason: "username, but also the name of another person",
        fullName: false,
      },
      ...others,
    ];
  }
  if (email === null) return [];
  const members = [...known.values()].flatMap(({ person }) => (person.member ? [person.member] : []));
  const proofs = await membersWithEmail(email, members, context);
  return proofs.flatMap(({ idMember, source, confidence }) => {
    const sighting = known.get(idMember);
    return sighting ? [{ ...sighting, confidence, reason: `email, by ${source}`, fullName: false }] : [];
  });
}

/** The searched text without the @ of a username. */
function wordOf(query: string): string {
  return query.trim().replace(/^@/, "");
}

function eachOnce(candidates: readonly Candidate[]): readonly Candidate[] {
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!best.has(candidate.person.idMember)) best.set(candidate.person.idMember, candidate);
  }
  return [...best.values()];
}

/**
 * A workspace's data contains no names of guests. So the name is read from a board of the guest, because the person who
 * approves must see a name.
 */
async function named(sighting: Sighting | undefined, { reads }: PlanContext): Promise<Sighting | undefined> {
  const [board] = sighting?.person.boards ?? [];
  if (!sighting || sighting.person.member || !board) return sighting;
  const { memberships } = await reads.trello.board(board.id);
  const row = memberships.find(({ idMember }) => idMember === sighting.person.idMember);
  return row ? { ...sighting, person: { ...sighting.person, member: row.member } } : sighting;
}

/**
 * People found by name; exact full names come first. If the name is an email or an id, it proves nothing, because
 * people choose their names.
 */
function byName(query: string, known: ReadonlyMap<string, Sighting>): readonly Candidate[] {
  // `@ada` is always a username and never a name, so names are not compared.
  if (query.trim().startsWith("@")) return [];
  const wanted = nameKey(query);
  const people = [...known.values()].flatMap((sighting) => {
    const name = nameKey(sighting.person.member?.fullName ?? "");
    return name === "" ? [] : [{ sighting, name }];
  });
  const exact = people.filter(({ name }) => name === wanted);
  const parts = people.filter(({ name }) => name !== wanted && wanted.length >= 2 && isPart(wanted, name));
  const isName = emailOf(query) === null && !isTrelloId(query.trim());
  const alone = exact.length === 1 && isName;
  return [
    ...exact.map(({ sighting }) => ({
      ...sighting,
      confidence: alone ? ("likely" as const) : ("possible" as const),
      reason: alone
        ? "the only person with this name"
        : isName
          ? `one of ${exact.length} with this name`
          : "has this text as a name; a person can choose any name",
      fullName: true,
    })),
    ...parts.map(({ sighting }) => ({
      ...sighting,
      confidence: "possible" as const,
      reason: "part of the name",
      fullName: false,
    })),
  ];
}

/** Whether all words of the query are in the name, in any order: `Vale, Robin` finds `Robin Vale`. */
function isPart(wanted: string, name: string): boolean {
  return name.includes(wanted) || wanted.split(/[\s,]+/).every((word) => word === "" || name.includes(word));
}
