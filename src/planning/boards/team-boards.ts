import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean, folded, listNames, plural } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { boardsMeant, placedBoards } from "../../people/boards.ts";
import { labelOf, subjectOf } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { findScimGroup } from "../../people/scim-groups.ts";
import { scimSubject } from "../../people/scim-users.ts";
import { boardsOfTeam, teamBoardsIn } from "../../people/team-boards.ts";
import { userEmail, usersHere } from "../../people/users-here.ts";
import { combine } from "../plan-part.ts";
import { additions } from "./additions.ts";
import { planRemovals, type Removal } from "./removals.ts";

/** The Users who join a Group and the Users who leave it. */
export interface TeamChange {
  readonly name: string;
  readonly joining: readonly ScimUser[];
  readonly leaving: readonly ScimUser[];
}

/**
 * Adds the Users who join a Group to the Group's boards, and removes the Users who leave the Group from these boards.
 * If another Group of a User has a board too, the User stays on that board. The Trello member of a User must be proven
 * by account or email. Nothing is read if the policy file lists no boards for the Group.
 */
export async function planTeamBoards(
  { name, joining, leaving }: TeamChange,
  context: PlanContext,
): Promise<PlanPart> {
  const refs = boardsOfTeam(name, context);
  if (refs.length === 0 || joining.length + leaving.length === 0) return {};
  const { snapshots, unread } = await readWorkspaces(context.reads);
  const places = snapshots.flatMap((snapshot) => {
    const boards = teamBoardsIn(snapshot, [name], context);
    return boards.length > 0 ? [{ snapshot, boards }] : [];
  });
  const kept = await boardsKept(leaving, name, places, context);
  const parts: PlanPart[] = [];
  const removals: Removal[] = [];
  const subjects: Subject[] = [];
  const seen = new Set<ScimUser>();
  const unproven = new Map<ScimUser, string>();
  for (const { snapshot, boards } of places) {
    const here = await usersHere([...joining, ...leaving], snapshot, context);
    for (const user of here.certain.keys()) seen.add(user);
    for (const [user, { member, idMember }] of here.named) unproven.set(user, labelOf(member, idMember));
    const coming = joining.flatMap((user) => here.certain.get(user) ?? []);
    if (coming.length > 0) parts.push(await additions(coming, boards, snapshot, () => "normal", context));
    for (const person of coming) subjects.push({ ...(await subjectOf(person, context)), gains: true });
    for (const user of leaving) {
      const person = here.certain.get(user);
      if (!person) continue;
      const off = person.boards.filter(
        ({ id }) => boards.some((board) => board.id === id) && !kept.has(`${id}/${user.id}`),
      );
      // The User and the Trello member are the same person, so the daily limits must count them as one.
      subjects.push({ ...scimSubject(user), countsAs: person.idMember }, await subjectOf(person, context));
      if (off.length > 0) removals.push({ snapshot, person, boards: off, fromWorkspace: false });
    }
  }
  const lines = unprovenLines({ name, joining, leaving }, (user) => !seen.has(user), unproven);
  return combine(...parts, await planRemovals(removals, context), {
    subjects,
    warnings: [...unknownLines(refs, snapshots, name), ...lines.warnings],
    notReached: lines.notReached,
    blindSpots: unread,
  });
}

/** The boards that people keep because another of their Groups has these boards too, as `idBoard/idUser`. */
async function boardsKept(
  leaving: readonly ScimUser[],
  name: string,
  places: readonly {
    readonly snapshot: WorkspaceSnapshot;
    readonly boards: readonly BoardWithMemberships[];
  }[],
  context: PlanContext,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  if (leaving.length === 0) return kept;
  for (const other of context.teamBoards.keys()) {
    if (folded(other, 254) === folded(name, 254)) continue;
    const shared = places.flatMap(({ snapshot, boards }) =>
      teamBoardsIn(snapshot, [other], context).filter((board) => boards.includes(board)),
    );
    if (shared.length === 0) continue;
    const group = await findScimGroup({ groupName: other }, context.reads);
    const inside = new Set(group?.members.map(({ value }) => value));
    for (const user of leaving)
      if (inside.has(user.id)) for (const { id } of shared) kept.add(`${id}/${user.id}`);
  }
  return kept;
}

/** Warnings that name Users for whom no Trello member is proven, so that the plan does not change their boards. */
function unprovenLines(
  { name, joining, leaving }: TeamChange,
  isUnproven: (user: ScimUser) => boolean,
  perhaps: ReadonlyMap<ScimUser, string>,
): { readonly warnings: readonly string[]; readonly notReached: readonly string[] } {
  const named = (users: readonly ScimUser[]) =>
    listNames(
      users.map((user) => {
        const label = perhaps.get(user);
        return label === undefined ? userEmail(user) : `${userEmail(user)} (perhaps ${label})`;
      }),
    );
  const coming = joining.filter(isUnproven);
  const going = leaving.filter(isUnproven);
  const stays =
    going.length === 0
      ? []
      : [
          `The boards of ${clean(name)} are not taken from ${plural(going.length, "person", "people")}, because it is not certain which Trello members they are: ${named(going)}. Check with find_member, then use remove_from_boards.`,
        ];
  return {
    warnings: [
      ...(coming.length === 0
        ? []
        : [
            `The boards of ${clean(name)} are not given to ${plural(coming.length, "person", "people")}, because it is not certain which Trello members they are: ${named(coming)}. Check with find_member. Add members with add_to_boards; invite other people with invite_members.`,
          ]),
      ...stays,
    ],
    notReached: stays,
  };
}

/** A warning that names entries of the policy file that do not mean exactly one board. Empty if there are none. */
function unknownLines(
  refs: readonly string[],
  snapshots: readonly WorkspaceSnapshot[],
  name: string,
): readonly string[] {
  const placed = placedBoards(snapshots);
  const odd = refs.filter((ref) => boardsMeant(ref, placed).length !== 1);
  if (odd.length === 0) return [];
  return [
    `\`team_boards\` in the policy file lists boards for ${clean(name)} that are not found, or whose name several boards have: ${listNames(odd.map((ref) => clean(ref, 60)))}. Write the ids of the boards in the policy file.`,
  ];
}

/** The end of a plan's summary: how many board memberships the plan gives and takes away. Empty if it changes none. */
export function teamBoardsText({ effects = [] }: PlanPart): string {
  const count = (gives: boolean) =>
    effects.filter(({ resource, after }) => resource === "board_membership" && (after !== null) === gives)
      .length;
  const parts = [
    ...(count(true) > 0 ? [`gives ${plural(count(true), "board membership")}`] : []),
    ...(count(false) > 0 ? [`takes ${plural(count(false), "board membership")}`] : []),
  ];
  return parts.length > 0 ? `; that ${parts.join(" and ")} (team_boards)` : "";
}
