import { emailOf } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import type { PlanPart } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean, isTrelloId } from "../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { hasBoards, placedBoards, requireBoard } from "./boards.ts";
import { type Candidate, findPeople, peopleNamed } from "./candidates.ts";
import { nameNotEnough, notCertain, notFound } from "./not-one-person.ts";
import { blindSpotsOf, labelOf, peopleOf, type Person, subjectOf } from "./person.ts";
import { readWorkspaces } from "./readable.ts";
import { silentSources } from "./sources.ts";
import { whichWorkspace } from "./workspaces.ts";

/** Why a full name is not enough if not all workspaces were read. */
export const NOT_ALL_READ = "not all workspaces could be read, and a person there may have the name too";

interface PersonRules {
  readonly names?: boolean;
  readonly ghosts?: boolean;
  readonly whyNoName?: string | undefined;
}

/**
 * Finds the one person who is meant; otherwise throws AMBIGUOUS with candidates, or NOT_FOUND. `names`: whether an
 * exact full name is enough if only one person in these workspaces has it. It is not enough for a list, or for
 * anything above Trello's workspaces. The person is then marked `identifiedBy: "name"`, so a person must confirm the
 * plan. `ghosts`: whether a ghost's name counts. The inviter chose it, so it counts only for reads. `whyNoName`: why a
 * name is not enough here, for a call about one person.
 */
export async function requirePerson(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
  { names = true, ghosts = false, whyNoName }: PersonRules = {},
): Promise<Person> {
  const candidates = await findPeople(query, snapshots, context);
  const [only, ...others] = candidates.filter(({ confidence }) => confidence === "certain");
  if (only && others.length === 0) return only.person;
  if (names) {
    const named = await onlyPersonNamed(query, candidates, snapshots, context);
    if (named && (ghosts || named.member?.memberType !== "ghost")) return { ...named, identifiedBy: "name" };
  }
  if (!names && whyNoName !== undefined) {
    const named = await onlyPersonNamed(query, candidates, snapshots, context);
    if (named) throw await nameNotEnough(named, whyNoName, candidates, context);
  }
  throw candidates.length > 0 ? notCertain(candidates) : await notFound(query, snapshots, context);
}

/** The person of a call, in one workspace. */
export interface PersonIn {
  readonly snapshot: WorkspaceSnapshot;
  readonly person: Person;
  /** The person's label, for sentences. */
  readonly who: string;
  /** The workspace's name, cleaned. */
  readonly where: string;
  /** Warnings and blind spots that every plan about the person must have. */
  readonly part: PlanPart;
}

/** Reads the workspace and finds the one person who is certainly meant. Throws like `requirePerson`. */
export async function personIn(
  asked: {
    readonly workspace?: string | undefined;
    readonly member: string;
    /** Boards that the workspace must have, if it is left out. */
    readonly boards?: readonly string[] | undefined;
  },
  context: PlanContext,
): Promise<PersonIn> {
  const { reads } = context;
  const { snapshot, person, unread } = await placeOf(asked, context);
  return {
    snapshot,
    person,
    who: labelOf(person.member, person.idMember),
    where: clean(snapshot.workspace.displayName),
    part: {
      subjects: [await subjectOf(person, context)],
      blindSpots: [...unread, ...(await blindSpotsOf([snapshot], reads)), ...silentSources(reads)],
    },
  };
}

/**
 * The person and the workspace. If no workspace is named, it is the only one that has the person, and also the boards
 * if they are named.
 */
async function placeOf(
  { workspace, member, boards = [] }: Parameters<typeof personIn>[0],
  context: PlanContext,
): Promise<Pick<PersonIn, "snapshot" | "person"> & { readonly unread: readonly string[] }> {
  if (workspace !== undefined) {
    const snapshot = await context.reads.trello.workspace(workspace);
    return { snapshot, person: await requirePerson(member, [snapshot], context), unread: [] };
  }
  const { snapshots, unread } = await readWorkspaces(context.reads);
  // A name can be called unique only if all people were read.
  const found = await requirePerson(member, snapshots, context, {
    names: unread.length === 0,
    whyNoName: NOT_ALL_READ,
  });
  const places = snapshots.flatMap((snapshot) => {
    const here = peopleOf(snapshot).find(({ idMember }) => idMember === found.idMember);
    return here && hasBoards(snapshot, boards) ? [{ snapshot, here }] : [];
  });
  const [only, ...others] = places;
  if (only && others.length === 0) {
    const { snapshot, here } = only;
    const { identifiedBy } = found;
    const person = { ...here, member: here.member ?? found.member, ...(identifiedBy && { identifiedBy }) };
    return { snapshot, person, unread };
  }
  if (!only) for (const ref of boards) requireBoard(ref, placedBoards(snapshots));
  const who = labelOf(found.member, found.idMember);
  throw whichWorkspace(
    places.length > 0 ? places.map(({ snapshot }) => snapshot) : snapshots,
    places.length > 0
      ? `${who} is in ${places.length} workspaces.`
      : `${who} is not in the workspace of those boards.`,
  );
}

/**
 * The person whose full name is the query, if only one person of the workspaces has that name, guests included;
 * otherwise null.
 */
async function onlyPersonNamed(
  query: string,
  candidates: readonly Candidate[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Person | null> {
  // An email or an id never counts as a name, because people choose their own names.
  const isName = emailOf(query) === null && !query.includes("@") && !isTrelloId(query.trim());
  if (!isName || !candidates.some(({ fullName }) => fullName)) return null;
  const [only, ...others] = await peopleNamed(query, snapshots, context);
  // A bare word can also be another person's username.
  const isUsername = candidates.some(
    ({ person }) => person.member?.username.toLowerCase() === query.trim().toLowerCase(),
  );
  return only && others.length === 0 && !isUsername ? only : null;
}

/**
 * A person who is not in a workspace. Returns null for an email and for people who are not found. The ways to find the
 * person:
 * - by id, if another workspace of the token's owner has the person;
 * - with `names`, in the same way by an exact full name;
 * - by exact username, if Trello's search finds it.
 */
export async function findOutsideWorkspace(
  query: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
  { names = false }: { readonly names?: boolean } = {},
): Promise<Person | null> {
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (wanted.includes("@")) return null;
  if (/\s/.test(wanted)) return names ? namedElsewhere(query, snapshot, context) : null;
  const member = isTrelloId(wanted)
    ? await inOtherWorkspaces(wanted, snapshot, context)
    : (await context.reads.trello.searchMembers(wanted)).find(
        ({ username }) => username.toLowerCase() === wanted,
      );
  return member ? comingFrom(member) : null;
}

function comingFrom(member: Member): Person {
  return { idMember: member.id, member, membership: null, boards: [] };
}

/**
 * The one person with that name in the other workspaces, if all of them were read. Throws AMBIGUOUS if several may be
 * meant.
 */
async function namedElsewhere(
  query: string,
  { workspace }: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Person | null> {
  const { snapshots, unread } = await readWorkspaces(context.reads);
  const others = snapshots.filter((other) => other.workspace.id !== workspace.id);
  const found = await requirePerson(query, others, context, { names: unread.length === 0 }).catch(
    (thrown: unknown) => {
      if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
      throw thrown;
    },
  );
  return found?.member ? { ...comingFrom(found.member), identifiedBy: "name" } : null;
}

async function inOtherWorkspaces(
  idMember: string,
  { workspace }: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Member | null> {
  const { snapshots } = await readWorkspaces(context.reads);
  const others = snapshots.filter((other) => other.workspace.id !== workspace.id);
  const [found] = await findPeople(idMember, others, context);
  return found?.confidence === "certain" ? found.person.member : null;
}
