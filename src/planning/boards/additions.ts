import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { BoardWithMemberships, PlanTier, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { labelOf, type Person } from "../../people/person.ts";
import { roomLines } from "./collaborators.ts";

/**
 * Plans to add people to boards. `roleOn` gives the role for each board. A person who is already on a board keeps the
 * present role there. `alongside`: emails that the same plan invites.
 */
export async function additions(
  people: readonly Person[],
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  roleOn: (idBoard: string) => string,
  context: PlanContext,
  alongside: readonly string[] = [],
): Promise<PlanPart> {
  const rows = people.map((person) => additionsOf(person, wanted, snapshot, roleOn));
  const inside = people.every(({ membership }) => membership);
  return {
    effects: rows.flatMap(({ effects }) => effects),
    askFirst: people.some(isStranger),
    warnings: [
      ...roomLines(snapshot, [...people.map(({ idMember }) => idMember), ...alongside]),
      ...rolesHeldLines(
        rows.flatMap(({ held }) => held),
        "set_board_role",
      ),
    ],
    untouched: onBoardAlready(rows.map(({ there }) => there)),
    notes: [
      ...rows.filter(({ seat }) => seat).map(({ who }) => seatNote(who)),
      ...(inside ? [] : await billableGuestLines(wanted, snapshot, context)),
    ],
  };
}

function additionsOf(
  person: Person,
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  roleOn: (idBoard: string) => string,
): {
  readonly who: string;
  readonly seat: boolean;
  readonly held: readonly string[];
  readonly there: { readonly person: Person; readonly boards: readonly BoardWithMemberships[] };
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
      return role === undefined || role === roleOn(id)
        ? []
        : [`${who} is on board ${clean(name)} as ${role}`];
    }),
    there: { person, boards: wanted.filter(({ id }) => on.get(id) === roleOn(id)) },
    effects: missing.map((board) =>
      setBoardMember.make({
        target: { idBoard: board.id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
        before: null,
        after: { memberType: roleOn(board.id), ...(seat && { billable: true as const }) },
        label: who,
        place: placeOf("board", board),
      }),
    ),
  };
}

/**
 * Whether a workspace with this plan tier (Free, Standard, Premium or Enterprise) can give people this role on boards.
 * Only Premium and Enterprise have observers; for other tiers, Trello answers "Bad member type". If the tier is
 * unknown, returns true, and Trello decides.
 */
export function hasRole(role: string, tier: PlanTier): boolean {
  return role !== "observer" || (tier !== "free" && tier !== "standard");
}

/**
 * Throws if a workspace with this plan tier cannot give people the role. So the caller gets a clear error before any
 * request is sent.
 */
export function assertRole(role: string, tier: PlanTier): void {
  if (hasRole(role, tier)) return;
  throw new AppError("INPUT_INVALID", `${noObserversText(tier)}.`, {
    next: "Use the role `normal`, or ask the administrator to upgrade the Trello plan of the workspace.",
  });
}

/** The reason why this workspace cannot have observers, as a clause without a full stop. */
export function noObserversText(tier: PlanTier): string {
  return `Only Premium and Enterprise have observers; this workspace is on ${tier}`;
}

/**
 * A warning about people who are already on the boards, but with another role than the call wants for them. It names
 * the tool that changes roles. Empty if there are no such people.
 */
export function rolesHeldLines(held: readonly string[], tool: string): readonly string[] {
  if (held.length === 0) return [];
  return [
    `These people have another role, which is not changed. To change it, call ${tool}: ${listNames(held, 10, { separator: "; " })}`,
  ];
}

/** A line that lists people who are already on the boards, each with the present role. Empty if there are none. */
export function onBoardAlready(
  held: readonly {
    readonly person: Person;
    readonly boards: readonly { readonly id: string; readonly name: string }[];
  }[],
): readonly string[] {
  const there = held.flatMap(({ person, boards }) => {
    const roles = new Map(person.boards.map(({ id, memberType }) => [id, memberType]));
    return boards
      .filter(({ id }) => roles.has(id))
      .map(
        ({ id, name }) =>
          `${labelOf(person.member, person.idMember)} on ${clean(name, 60)}, as ${roles.get(id)}`,
      );
  });
  return there.length === 0
    ? []
    : [`On the board already, nothing to do: ${listNames(there, 10, { separator: "; " })}`];
}

/** A plan tier in words: `Premium plan`. If the tier is unknown: `plan not known`. */
export function planText(tier: PlanTier): string {
  return tier === "unknown" ? "plan not known" : `${tier.slice(0, 1).toUpperCase()}${tier.slice(1)} plan`;
}

/** Whether a guest costs a paid seat from the second board on. An unknown plan tier counts as a paid one. */
export function chargesGuests(tier: PlanTier): boolean {
  return tier !== "free";
}

/**
 * Whether a person becomes a billable guest by joining `more` further boards. A billable guest is outside the workspace
 * and on two or more of its open boards.
 */
export function takesSeat(
  { membership, boards }: Pick<Person, "membership" | "boards">,
  more: number,
  snapshot: WorkspaceSnapshot,
): boolean {
  const closed = new Set(snapshot.boards.filter((board) => board.closed).map(({ id }) => id));
  const now = boards.filter(({ id }) => !closed.has(id)).length;
  return !membership && chargesGuests(snapshot.tier) && now <= 1 && now + more > 1;
}

/** What a guest may do in Trello. The text explains this, because a guest may do less in other products. */
export const GUEST_TEXT =
  "A guest sees only boards that name the person, and edits them as a normal member does; an observer only reads, and needs Premium.";

/** Whether the person is neither in the workspace nor on one of its boards. */
export function isStranger({ membership, boards }: Pick<Person, "membership" | "boards">): boolean {
  return !membership && boards.length === 0;
}

/** The line that a plan must contain if a person takes a paid seat. */
export function seatNote(who: string): string {
  return `${who} becomes a billable guest and takes a paid seat`;
}

/**
 * Lines that say for each board how many new billable guests Trello expects. Trello may also count boards that this
 * server cannot see. Callers use this function only if a person becomes a guest, because it sends one request for each
 * board.
 */
export async function billableGuestLines(
  boards: readonly { readonly id: string; readonly name: string }[],
  { workspace, tier }: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<readonly string[]> {
  if (!chargesGuests(tier)) return [];
  let counts: readonly number[];
  try {
    counts = await Promise.all(boards.map((board) => reads.trello.newBillableGuests(workspace.id, board.id)));
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.details["reason"] !== "needs_key_and_token") throw thrown;
    return ["With a sign-in by OAuth 2.0, Trello does not show how many guests of a board become billable"];
  }
  return boards.flatMap((board, index) =>
    counts[index] ? [`Trello counts ${counts[index]} new billable guests on board ${clean(board.name)}`] : [],
  );
}
