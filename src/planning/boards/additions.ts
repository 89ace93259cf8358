import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { BoardWithMemberships, PlanTier, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { labelOf, type Person } from "../../people/person.ts";

/** Puts people onto boards, in one role; a role that somebody holds on one of them already stays. */
export async function additions(
  people: readonly Person[],
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  memberType: string,
  context: PlanContext,
): Promise<PlanPart> {
  const rows = people.map((person) => additionsOf(person, wanted, snapshot, memberType));
  const inside = people.every(({ membership }) => membership);
  return {
    effects: rows.flatMap(({ effects }) => effects),
    warnings: [
      ...rolesHeld(
        rows.flatMap(({ held }) => held),
        "set_board_role",
      ),
      ...(inside ? [] : await billableElsewhere(wanted, snapshot, context)),
    ],
    notes: rows.filter(({ seat }) => seat).map(({ who }) => seatNote(who)),
  };
}

function additionsOf(
  person: Person,
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  memberType: string,
): {
  readonly who: string;
  readonly seat: boolean;
  readonly held: readonly string[];
  readonly effects: readonly Effect[];
} {
  const who = labelOf(person.member, person.idMember);
  const on = new Map(person.boards.map(({ id, memberType: role }) => [id, role]));
  const missing = wanted.filter(({ id }) => !on.has(id));
  const seat = takesSeat(person, missing.length, snapshot);
  return {
    who,
    seat,
    held: wanted.flatMap(({ id, name }) => {
      const role = on.get(id);
      return role === undefined || role === memberType
        ? []
        : [`${who} is on board ${clean(name)} as ${role}`];
    }),
    effects: missing.map((board) =>
      setBoardMember.make({
        target: { idBoard: board.id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
        before: null,
        after: { memberType, ...(seat && { billable: true as const }) },
        label: who,
        place: placeOf("board", board),
      }),
    ),
  };
}

/**
 * Whether a plan tier has a role: observers come with Premium and Enterprise, and Trello refuses others with "Bad member
 * type". An unknown tier has it: Trello decides.
 */
export function hasRole(role: string, tier: PlanTier): boolean {
  return role !== "observer" || (tier !== "free" && tier !== "standard");
}

/** Refuses a role that the plan tier does not have, before Trello would. */
export function checkRole(role: string, tier: PlanTier): void {
  if (hasRole(role, tier)) return;
  throw new AppError("INPUT_INVALID", `${noObservers(tier)}.`, {
    next: "Use the role normal, or have the plan upgraded.",
  });
}

/** Why a row with the observer role is left out, without a full stop. */
export function noObservers(tier: PlanTier): string {
  return `Observers come with Premium and Enterprise; this workspace is on ${tier}`;
}

/** Who is there already with another role than asked for, and the tool that would change it; nothing where nobody is. */
export function rolesHeld(held: readonly string[], tool: string): readonly string[] {
  if (held.length === 0) return [];
  return [`Roles held stay; change them with ${tool}: ${listNames(held, 10, { separator: "; " })}`];
}

/** Whether a guest's second board costs a seat there; an unknown plan tier counts as paid. */
export function chargesGuests(tier: PlanTier): boolean {
  return tier !== "free";
}

/** Whether `more` boards make a person a billable guest: not in the workspace, and on two or more of its open boards. */
export function takesSeat(
  { membership, boards }: Pick<Person, "membership" | "boards">,
  more: number,
  snapshot: WorkspaceSnapshot,
): boolean {
  const closed = new Set(snapshot.boards.filter((board) => board.closed).map(({ id }) => id));
  const now = boards.filter(({ id }) => !closed.has(id)).length;
  return !membership && chargesGuests(snapshot.tier) && now <= 1 && now + more > 1;
}

/** The same words wherever a seat is spent. */
export function seatNote(who: string): string {
  return `${who} becomes a billable guest and takes a paid seat`;
}

/**
 * Trello's own word on billable guests of boards, one request each, to be asked only where somebody comes as a guest: it
 * may know more than is seen here.
 */
export async function billableElsewhere(
  boards: readonly { readonly id: string; readonly name: string }[],
  { workspace, tier }: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<readonly string[]> {
  if (!chargesGuests(tier)) return [];
  const counts = await Promise.all(
    boards.map((board) => reads.trello.newBillableGuests(workspace.id, board.id)),
  );
  return boards.flatMap((board, index) =>
    counts[index]
      ? [`Trello counts ${counts[index]} new billable guests on board ${clean(board.name)}.`]
      : [],
  );
}
