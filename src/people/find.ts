import { AppError } from "../domain/error.ts";
import type { PlanPart } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { membersWithEmail } from "./emails.ts";
import { blindSpotsOf, labelOf, nameGuests, peopleOf, type Person, subjectOf } from "./person.ts";
import { silentSources } from "./sources.ts";

/** Candidates that an error names. */
const NAMED = 5;

/** `certain`: proven by id, username or a source that shows emails. Only that is enough for a write. */
export type Confidence = "certain" | "likely" | "possible";

export interface Candidate {
  readonly person: Person;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Slugs of the workspaces where the person was seen. */
  readonly workspaces: readonly string[];
}

/** People who may be meant, best first. Trello hides emails, so an email counts only where something proves it. */
export async function findPeople(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<readonly Candidate[]> {
  const wanted = query.trim().replace(/^@/, "");
  const known = seen(snapshots, new Map());
  const direct = await byProof(wanted, known, context);
  if (direct.length > 0) return direct;

  const namesakes = byName(wanted, known);
  if (namesakes.some(({ confidence }) => confidence === "likely") || isId(wanted)) return namesakes;
  // Only now are the names of guests worth their requests.
  const guests = new Map<string, Member>();
  for (const snapshot of snapshots) {
    for (const [id, member] of await nameGuests(snapshot, context.reads)) guests.set(id, member);
  }
  if (guests.size === 0) return namesakes;
  const all = seen(snapshots, guests);
  const proven = await byProof(wanted, all, context);
  return proven.length > 0 ? proven : byName(wanted, all);
}

/** The one person that is certainly meant; else AMBIGUOUS with candidates, or NOT_FOUND. */
export async function requirePerson(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Person> {
  const candidates = await findPeople(query, snapshots, context);
  const certain = candidates.filter(({ confidence }) => confidence === "certain");
  const [only] = certain;
  if (only && certain.length === 1) return only.person;
  if (candidates.length > 0) {
    const cut =
      candidates.length > NAMED ? ` The first ${NAMED} of ${candidates.length} candidates follow.` : "";
    throw new AppError("AMBIGUOUS", `Who is meant is not certain, and a guess is never acted on.${cut}`, {
      next:
        candidates.length === 1
          ? "If the one candidate is meant, call again with `member` set to that id."
          : "Call again with `member` set to the id of the right candidate.",
      details: {
        candidates: candidates.slice(0, NAMED).map(({ person, confidence, reason }) => ({
          id: person.idMember,
          name: labelOf(person.member, person.idMember),
          confidence,
          reason,
        })),
      },
    });
  }
  throw new AppError("NOT_FOUND", "Nobody there matches that id, username, email or name.", {
    next: query.includes("@")
      ? [
          ...silentSources(context.reads),
          "Trello hides emails: use find_member for candidates, then call again with the member's id or username.",
        ].join(" ")
      : "Use find_member or list_workspace_members to find the person, then call again with the id.",
  });
}

/** The person whom a call is about, in one workspace. */
export interface PersonIn {
  readonly snapshot: WorkspaceSnapshot;
  readonly person: Person;
  /** The person's label, for sentences. */
  readonly who: string;
  /** The workspace's name, cleaned. */
  readonly where: string;
  /** What every plan about the person must say. */
  readonly part: PlanPart;
}

/** Reads the workspace and finds the one person that is certainly meant; else as `requirePerson`. */
export async function personIn(
  { workspace, member }: { readonly workspace: string; readonly member: string },
  context: PlanContext,
): Promise<PersonIn> {
  const { reads } = context;
  const snapshot = await reads.trello.workspace(workspace);
  const person = await requirePerson(member, [snapshot], context);
  return {
    snapshot,
    person,
    who: labelOf(person.member, person.idMember),
    where: clean(snapshot.workspace.displayName),
    part: {
      subjects: [await subjectOf(person, context)],
      blindSpots: [...(await blindSpotsOf([snapshot], reads)), ...silentSources(reads)],
    },
  };
}

interface Sighting {
  readonly person: Person;
  readonly workspaces: readonly string[];
}

function seen(
  snapshots: readonly WorkspaceSnapshot[],
  guests: ReadonlyMap<string, Member>,
): ReadonlyMap<string, Sighting> {
  const all = new Map<string, Sighting>();
  for (const snapshot of snapshots) {
    for (const person of peopleOf(snapshot, guests)) {
      const before = all.get(person.idMember);
      all.set(person.idMember, {
        person: before?.person.member ? before.person : person,
        workspaces: [...(before?.workspaces ?? []), snapshot.workspace.name],
      });
    }
  }
  return all;
}

async function byProof(
  wanted: string,
  known: ReadonlyMap<string, Sighting>,
  context: PlanContext,
): Promise<readonly Candidate[]> {
  const certain = (sighting: Sighting | undefined, reason: string): readonly Candidate[] =>
    sighting ? [{ ...sighting, confidence: "certain", reason }] : [];
  if (isId(wanted)) return certain(await named(known.get(wanted.toLowerCase()), context), "id");
  const lower = wanted.toLowerCase();
  const username = [...known.values()].find(({ person }) => person.member?.username.toLowerCase() === lower);
  if (username) return certain(username, "username");
  if (!wanted.includes("@")) return [];
  const members = [...known.values()].flatMap(({ person }) => (person.member ? [person.member] : []));
  const proofs = await membersWithEmail(lower, members, context);
  return proofs.flatMap(({ idMember, source, confidence }) => {
    const sighting = known.get(idMember);
    return sighting ? [{ ...sighting, confidence, reason: `email, by ${source}` }] : [];
  });
}

/** A guest has no name in a snapshot, and whoever decides on a person should read one: any board of theirs tells it. */
async function named(sighting: Sighting | undefined, { reads }: PlanContext): Promise<Sighting | undefined> {
  const [board] = sighting?.person.boards ?? [];
  if (!sighting || sighting.person.member || !board) return sighting;
  const { memberships } = await reads.trello.board(board.id);
  const row = memberships.find(({ idMember }) => idMember === sighting.person.idMember);
  return row ? { ...sighting, person: { ...sighting.person, member: row.member } } : sighting;
}

function byName(wanted: string, known: ReadonlyMap<string, Sighting>): readonly Candidate[] {
  const lower = clean(wanted).toLowerCase();
  const people = [...known.values()].flatMap((sighting) => {
    const name = clean(sighting.person.member?.fullName ?? "").toLowerCase();
    return name === "" ? [] : [{ sighting, name }];
  });
  const exact = people.filter(({ name }) => name === lower);
  const parts = people.filter(({ name }) => name !== lower && lower.length >= 2 && name.includes(lower));
  return [
    ...exact.map(({ sighting }) => ({
      ...sighting,
      confidence: exact.length === 1 ? ("likely" as const) : ("possible" as const),
      reason: exact.length === 1 ? "same name" : `one of ${exact.length} with this name`,
    })),
    ...parts.map(({ sighting }) => ({
      ...sighting,
      confidence: "possible" as const,
      reason: "part of the name",
    })),
  ];
}

function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}

/**
 * Somebody whom a workspace does not have: by id where another workspace of the token's owner has them, or by exact
 * username where Trello's search finds it. null for anybody else, an email or a display name.
 */
export async function findOutsideWorkspace(
  query: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Person | null> {
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (/[\s@]/.test(wanted)) return null;
  const member = /^[0-9a-f]{24}$/.test(wanted)
    ? await inOtherWorkspaces(wanted, snapshot, context)
    : (await context.reads.trello.searchMembers(wanted)).find(
        ({ username }) => username.toLowerCase() === wanted,
      );
  return member ? { idMember: member.id, member, membership: null, boards: [] } : null;
}

async function inOtherWorkspaces(
  idMember: string,
  { workspace }: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Member | null> {
  const { trello } = context.reads;
  const others = (await trello.workspaces()).filter(({ id }) => id !== workspace.id);
  const snapshots = await trello.workspaceSnapshots(others.map(({ id }) => id));
  const [found] = await findPeople(idMember, snapshots, context);
  return found?.confidence === "certain" ? found.person.member : null;
}
