import { type Effect, placeOf } from "../../domain/effect.ts";
import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { addScimGroupMember, removeScimGroupMember } from "../../effects/scim-groups.ts";
import { labelOf, type Person, subjectOf } from "../../people/person.ts";
import { findScimGroup } from "../../people/scim-groups.ts";
import { findUserShowing, scimLabel, scimSubject } from "../../people/scim-users.ts";
import { askOptional } from "../../people/sources.ts";
import { additions } from "../boards/additions.ts";
import { planRemovals, type Removal } from "../boards/removals.ts";
import { teamBoardsIn } from "../../people/team-boards.ts";
import { combine } from "../plan-part.ts";

/** A member who changes teams, with the workspaces in which the member is. */
export interface TeamMove {
  /** An email that is proven to be the member's, in lower case; null if none is known. */
  readonly email: string | null;
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** The changes that follow because members change teams. `moving`: the members for whom something changes. */
export interface TeamMoves extends PlanPart {
  readonly moving: readonly TeamMove[];
}

/**
 * Plans the boards and SCIM Groups of members who change teams. They get the boards of their new teams, and lose those
 * boards of their old teams that no new team has.
 */
export async function planTeamMoves(moves: readonly TeamMove[], context: PlanContext): Promise<TeamMoves> {
  const parts: PlanPart[] = [];
  const removals: Removal[] = [];
  const moving: TeamMove[] = [];
  for (const move of moves) {
    const groups = await groupChanges(move, context);
    const changed = [...(groups.effects ?? [])];
    const own: PlanPart[] = [groups];
    for (const { snapshot, person } of move.places) {
      const gained = teamBoardsIn(snapshot, move.to, context);
      const kept = new Set(gained.map(({ id }) => id));
      const missing = gained.filter(({ id }) => person.boards.every((board) => board.id !== id));
      const lost = new Set(teamBoardsIn(snapshot, move.from, context).map(({ id }) => id));
      const off = person.boards.filter(({ id }) => lost.has(id) && !kept.has(id));
      const added = await additions([person], missing, snapshot, () => "normal", context);
      own.push(added);
      changed.push(...(added.effects ?? []));
      if (off.length > 0) removals.push({ snapshot, person, boards: off, fromWorkspace: false });
      if (off.length > 0 || (added.effects ?? []).length > 0)
        own.push({ subjects: [{ ...(await subjectOf(person, context)), ...(off.length === 0 && GAINS) }] });
    }
    const leaves = removals.some(({ person }) => person.idMember === move.places[0]?.person.idMember);
    if (changed.length === 0 && !leaves) continue;
    moving.push(move);
    parts.push(...own);
  }
  return { ...combine(...parts, await planRemovals(removals, context)), moving };
}

const GAINS: Pick<Subject, "gains"> = { gains: true };

/** The effects on the SCIM Groups of a member's old and new teams. Empty if the member's SCIM User is unknown. */
async function groupChanges({ email, places, from, to }: TeamMove, context: PlanContext): Promise<PlanPart> {
  const { reads } = context;
  const [place] = places;
  if (!reads.scim || !context.mayChangeDirectory || email === null || !place) return {};
  const user = await askOptional(reads, "scim", () => findUserShowing(email, reads));
  if (!user) return {};
  const effects: Effect[] = [];
  const left: string[] = [];
  for (const [teams, kind, joins] of [
    [to, addScimGroupMember, true],
    [from, removeScimGroupMember, false],
  ] as const) {
    for (const groupName of teams) {
      const group = await findScimGroup({ groupName }, reads);
      if (!group || group.members.some(({ value }) => value === user.id) === joins) continue;
      if (!joins) left.push(group.displayName);
      effects.push(
        kind.make({
          target: { groupId: group.id, scimId: user.id },
          before: null,
          after: null,
          label: scimLabel(user),
          place: placeOf("group", { id: group.id, name: group.displayName }),
        }),
      );
    }
  }
  if (effects.length === 0) return {};
  const who = labelOf(place.person.member, place.person.idMember);
  return {
    effects,
    subjects: [
      { ...scimSubject(user), countsAs: place.person.idMember, ...(left.length === 0 && GAINS) },
      ...(left.length > 0 ? [{ groups: left }] : []),
    ],
    warnings:
      left.length === 0
        ? []
        : [
            `${who} leaves ${listNames(left)}, and loses the access that these Groups give in other Atlassian products.`,
          ],
  };
}
