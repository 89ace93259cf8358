import { emailOf } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import type { PlanPart } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { type Candidate, findPeople, isId, peopleNamed } from "./candidates.ts";
import { blindSpotsOf, labelOf, type Person, subjectOf } from "./person.ts";
import { readWorkspaces } from "./readable.ts";
import { silentSources } from "./sources.ts";

/** Candidates that an error names. */
const NAMED = 5;

/**
 * The one person that is meant; else AMBIGUOUS with candidates, or NOT_FOUND. `names`: whether an exact full name that
 * nobody else in these workspaces has is enough. It is not enough for a cell of a list, nor above Trello's workspaces.
 * The person then says so, and the plan is one that a person is asked about.
 */
export async function requirePerson(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
  { names = true }: { readonly names?: boolean } = {},
): Promise<Person> {
  const candidates = await findPeople(query, snapshots, context);
  const certain = candidates.filter(({ confidence }) => confidence === "certain");
  const [only] = certain;
  if (only && certain.length === 1) return only.person;
  if (names) {
    const named = await onlyPersonNamed(query, candidates, snapshots, context);
    if (named) return { ...named, identifiedBy: "name" };
  }
  if (candidates.length > 0) {
    const cut =
      candidates.length > NAMED ? ` The first ${NAMED} of ${candidates.length} candidates follow.` : "";
    throw new AppError("AMBIGUOUS", `Several people may be meant, or one is not proven.${cut}`, {
      next:
        candidates.length === 1
          ? "If the one candidate is meant, call again with `member` set to that id or @username."
          : "Call again with `member` set to the id or @username of the right candidate.",
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

/** The person whose full name the query is, if nobody else of the workspaces has it, guests included; else null. */
async function onlyPersonNamed(
  query: string,
  candidates: readonly Candidate[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Person | null> {
  // An email or an id is never taken for a name: everybody chooses their own name.
  const isName = emailOf(query) === null && !query.includes("@") && !isId(query.trim());
  if (!isName || !candidates.some(({ fullName }) => fullName)) return null;
  const [only, ...others] = await peopleNamed(query, snapshots, context);
  // A bare word can also be somebody's username.
  const isUsername = candidates.some(
    ({ person }) => person.member?.username.toLowerCase() === query.trim().toLowerCase(),
  );
  return only && others.length === 0 && !isUsername && only.member?.memberType !== "ghost" ? only : null;
}

/**
 * A person whom a workspace does not have: by id if another workspace of the token's owner has them, or by exact username
 * if Trello's search finds it. null for anybody else, an email or a display name.
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
  const { snapshots } = await readWorkspaces(context.reads);
  const others = snapshots.filter((other) => other.workspace.id !== workspace.id);
  const [found] = await findPeople(idMember, others, context);
  return found?.confidence === "certain" ? found.person.member : null;
}
