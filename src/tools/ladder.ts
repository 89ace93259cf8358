import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { handover, heldCards, successorOf } from "./cards.ts";
import type { Leaver } from "./leavers.ts";
import { type CardsByBoard, fromBoards, fromWorkspace } from "./removal.ts";

/** How far offboarding goes; each rung includes those before it. */
export const RUNGS = ["boards", "workspaces", "enterprise", "account"] as const;
export type Rung = (typeof RUNGS)[number];

/** Whether going up to `rung` includes `step`. */
export function reaches(rung: Rung, step: Rung): boolean {
  return RUNGS.indexOf(rung) >= RUNGS.indexOf(step);
}

/** Reads each person's cards once; hands open ones over where asked, and remembers the others for a restore. */
export async function cardRung(
  leavers: readonly Leaver[],
  reassignTo: string | undefined,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<{
  readonly effects: readonly Effect[];
  readonly warnings: readonly string[];
  readonly held: ReadonlyMap<string, CardsByBoard>;
}> {
  const successor = reassignTo === undefined ? undefined : await successorOf(reassignTo, snapshots, context);
  const leaving = new Set(leavers.flatMap(({ person }) => (person ? [person.idMember] : [])));
  if (successor && leaving.has(successor.idMember)) {
    throw new AppError("INPUT_INVALID", "Cards cannot be handed to somebody who is offboarded.", {
      next: "Give reassignTo somebody who stays, or nobody.",
    });
  }
  const effects: Effect[] = [];
  const warnings: string[] = [];
  const held = new Map<string, CardsByBoard>();
  for (const { person, places } of leavers) {
    if (!person || places.every((place) => place.person.boards.length === 0)) continue;
    const cards = await context.reads.trello.cardsOf(person.idMember);
    const handing = successor === undefined ? null : handover(person, cards, successor, snapshots, leaving);
    effects.push(...(handing?.effects ?? []));
    warnings.push(...(handing?.warnings ?? []));
    held.set(person.idMember, heldCards(cards, handing?.handed ?? new Set()));
  }
  return { effects, warnings, held };
}

/**
 * Off the boards, or out of the workspaces too. Boards of everybody come before workspaces of anybody: neighbours of
 * one kind go together, and a failure among them stops what would rely on it.
 */
export async function membershipRung(
  leavers: readonly Leaver[],
  rung: Rung,
  held: ReadonlyMap<string, CardsByBoard>,
  context: PlanContext,
): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const { places } of leavers) {
    for (const { snapshot, person } of places) {
      const cards = held.get(person.idMember);
      effects.push(
        ...(rung === "boards"
          ? fromBoards(snapshot, person, person.boards, cards)
          : await fromWorkspace(snapshot, person, context, cards)),
      );
    }
  }
  const first = effects.filter(({ op }) => op === "remove_board_member");
  return [...first, ...effects.filter(({ op }) => op !== "remove_board_member")];
}
