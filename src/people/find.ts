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

/** Why a full name is not enough if some workspaces could not be read. */
export const NOT_ALL_READ =
  "not all workspaces could be read, and a person in the others may have the same name";

interface PersonRules {
  readonly names?: boolean;
  readonly ghosts?: boolean;
  readonly whyNoName?: string | undefined;
}

/**
 * Finds the one person that a text means. Throws AMBIGUOUS with candidates, or NOT_FOUND.
 * `names`: whether an exact full name is enough if only one person has it. The person is then marked `identifiedBy:
 * "name"`, and a human must approve the plan. Callers set it to false for a list of people, for the enterprise and for
 * the Atlassian account: there, a name is never enough.
 * `ghosts`: whether the name of a ghost (an invited person without an account) counts. The inviter chose that name, so
 * it counts only for reads.
 * `whyNoName`: the reason that the error gives if `names` is false and the text is the name of only one person.
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

/** The person that a call names, with the workspace in which the person was found. */
export interface PersonIn {
  readonly snapshot: WorkspaceSnapshot;
  readonly person: Person;
  /** The person's label, for sentences. */
  readonly who: string;
  /** The workspace's name, cleaned. */
  readonly where: string;
  /** Warnings and blind spots (facts that could not be read) that belong in every plan about this person. */
  readonly part: PlanPart;
}

/** Reads the workspace and finds the one person in it that the call names. Throws like `requirePerson`. */
export async function personIn(
  asked: {
    readonly workspace?: string | undefined;
    readonly member: string;
    /** The boards in the call. They show which workspace is meant, if the call names none. */
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
 * Finds the person and the workspace. If the call names no workspace, exactly one workspace must have both the person
 * and the named boards.
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
  // A name is certainly unique only if all people were read.
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
      : `${who} is not in the workspace of the named boards.`,
  );
}

/**
 * The only person in the workspaces, guests included, who has this full name. null if no one or several people have it.
 */
async function onlyPersonNamed(
  query: string,
  candidates: readonly Candidate[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Person | null> {
  // A text that is an email or an id is not compared with names, because people can choose any name.
  const isName = emailOf(query) === null && !query.includes("@") && !isTrelloId(query.trim());
  if (!isName || !candidates.some(({ fullName }) => fullName)) return null;
  const [only, ...others] = await peopleNamed(query, snapshots, context);
  // A text without @ may be the username of one of the candidates. Then it is not used as a name.
  const isUsername = candidates.some(
    ({ person }) => person.member?.username.toLowerCase() === query.trim().toLowerCase(),
  );
  return only && others.length === 0 && !isUsername ? only : null;
}

/**
 * Finds a person who is not in this workspace. null for an email, and if no person is found. The person is searched in
 * these ways:
 * - by id, in the other workspaces of the token's owner;
 * - by exact full name in those workspaces, if `names` is true;
 * - by exact username, with Trello's search.
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
 * The only person with the given name in the other workspaces; null if no one was found. Throws AMBIGUOUS if several
 * people may be meant, or if not all workspaces could be read and so a found person is not certain.
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
