import { placeOf } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import type { Card, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setCardMembers } from "../../effects/cards.ts";
import { requirePerson } from "../../people/find.ts";
import { labelOf, type Person } from "../../people/person.ts";

/** Who takes over; null: nobody, the cards are left unassigned. */
export type Successor = Person | null;

/** Reads `reassignTo`: `nobody`, or a member who is certain. */
export async function successorOf(
  name: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Successor> {
  return name.toLowerCase() === "nobody" ? null : requirePerson(name, snapshots, context, { names: false });
}

export interface Handover extends PlanPart {
  /** Ids of the cards that change hands. */
  readonly handed: ReadonlySet<string>;
}

/**
 * Hands the open cards of a person to a successor, or to nobody. Trello puts only people of the board on its cards, so
 * where the successor is not on the board the cards are left unassigned, and that is said. `leaving` are the ids of
 * everybody who comes off their cards in the same plan: a card that two of them share is written as it is to be in the
 * end, so that the order does not matter.
 */
export function handover(
  leaver: Person,
  cards: readonly Card[],
  successor: Successor,
  snapshots: readonly WorkspaceSnapshot[],
  leaving: ReadonlySet<string> = new Set([leaver.idMember]),
): Handover {
  const boards = new Map(
    snapshots.flatMap((snapshot) => snapshot.boards.map((board) => [board.id, { snapshot, board }])),
  );
  const open = cards.filter((card) => !card.closed && boards.get(card.idBoard)?.board.closed === false);
  const orphaned = new Map<string, number>();
  const effects = open.map((card) => {
    const place = boards.get(card.idBoard);
    const takes =
      successor !== null && !!place?.board.memberships.some((row) => row.idMember === successor.idMember);
    if (successor && !takes)
      orphaned.set(clean(place?.board.name ?? ""), (orphaned.get(clean(place?.board.name ?? "")) ?? 0) + 1);
    const heir = successor && takes ? successor.idMember : "";
    const others = card.idMembers.filter((id) => !leaving.has(id) && id !== heir);
    // Whoever was on the card before stays there when it is handed back.
    const to = card.idMembers.includes(heir) ? "" : heir;
    return setCardMembers.make({
      target: {
        idCard: card.id,
        idBoard: card.idBoard,
        idOrganization: place?.snapshot.workspace.id ?? "",
        from: leaver.idMember,
        to,
      },
      before: { idMembers: card.idMembers },
      after: {
        idMembers: heir ? [...others, heir] : others,
        heir: heir && successor ? labelOf(successor.member, successor.idMember) : "",
      },
      label: labelOf(leaver.member, leaver.idMember),
      place: placeOf("card", card),
    });
  });
  return {
    effects,
    handed: new Set(open.map((card) => card.id)),
    warnings: [...orphaned].map(
      ([name, count]) =>
        `${successor ? labelOf(successor.member, successor.idMember) : ""} is not on board ${name}, so ${count === 1 ? "1 card there is" : `${count} cards there are`} left unassigned.`,
    ),
  };
}

/** Every card of each person; none of a person who was not asked about. */
export type CardsOf = (idMember: string) => readonly Card[];

/**
 * Reads the cards of people on boards that they leave: one request a person or one a board, whichever are fewer. One
 * person on 30 boards is one request, and so are 40 people on one board.
 */
export async function readCards(
  leaving: readonly {
    readonly person: Pick<Person, "idMember">;
    readonly boards: readonly { readonly id: string }[];
  }[],
  { trello }: Pick<Reads, "trello">,
): Promise<CardsOf> {
  const people = new Set(leaving.flatMap(({ person, boards }) => (boards.length > 0 ? person.idMember : [])));
  const places = new Set(leaving.flatMap(({ boards }) => boards.map(({ id }) => id)));
  const all = await Promise.all(
    people.size <= places.size
      ? [...people].map((idMember) => trello.cardsOf(idMember))
      : [...places].map((idBoard) => trello.cardsOn(idBoard)),
  );
  const cards = new Map(all.flat().map((card) => [card.id, card]));
  return (idMember) => [...cards.values()].filter(({ idMembers }) => idMembers.includes(idMember));
}
