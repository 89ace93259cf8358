import { type Effect, placeOf } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { unreadLines } from "../../domain/wire.ts";
import type { BoardWithMemberships, Card, WorkspaceSnapshot } from "../../domain/trello.ts";
import { fateOf, setCardMembers } from "../../effects/cards.ts";
import { labelOf, type Person } from "../../people/person.ts";

/** The person who takes over the cards; null if no one does. */
export type NewAssignee = Person | null;

/**
 * How many cards are handed over to the new assignee, kept by the other people on them, or left unassigned. Each card
 * counts once.
 */
export interface CardCounts {
  /** Cards that get the new assignee. */
  readonly handed: number;
  /** Cards that get no new assignee but have other people. */
  readonly kept: number;
  /** The number of cards that have no person after the plan. */
  readonly unassigned: number;
}

export interface Reassignment extends PlanPart {
  /** The ids of the cards that the plan takes from the person. */
  readonly reassigned: ReadonlySet<string>;
}

/**
 * Hands a person's open cards to a new assignee, or only takes the person off them.
 * Trello allows a person on a card only if the person is on the board. If the new assignee is not on a board and does
 * not join it (`joins`: ids of boards), the person is only taken off the cards there, and a warning says that.
 * `leaving`: ids of all people who are taken off cards in this plan. If two of them share a card, the effects of both
 * lead to the same state, so their order does not matter.
 */
export function reassign(
  leaver: Person,
  cards: readonly Card[],
  assignee: NewAssignee,
  snapshots: readonly WorkspaceSnapshot[],
  { leaving, joins }: { readonly leaving: ReadonlySet<string>; readonly joins: ReadonlySet<string> },
): Reassignment {
  const assigneeLabel = assignee ? labelOf(assignee.member, assignee.idMember) : "";
  const notHanded = new Map<string, number>();
  const open = openCards(cards, snapshots);
  const effects = open.map(({ card, board, snapshot }) => {
    const takes = assignee !== null && (isOn(board, assignee) || joins.has(board.id));
    if (assignee && !takes) {
      const name = clean(board.name);
      notHanded.set(name, (notHanded.get(name) ?? 0) + 1);
    }
    const newAssignee = takes ? assignee.idMember : "";
    const others = card.idMembers.filter((id) => !leaving.has(id) && id !== newAssignee);
    // `to` is empty if the new assignee was on the card before the plan. So an undo does not take the new assignee off
    // the card.
    const to = card.idMembers.includes(newAssignee) ? "" : newAssignee;
    return setCardMembers.make({
      target: {
        idCard: card.id,
        idBoard: card.idBoard,
        idOrganization: snapshot.workspace.id,
        from: leaver.idMember,
        to,
      },
      before: { idMembers: card.idMembers },
      after: { idMembers: takes ? [...others, newAssignee] : others, heir: takes ? assigneeLabel : "" },
      label: labelOf(leaver.member, leaver.idMember),
      place: placeOf("card", card),
    });
  });
  return {
    effects,
    reassigned: new Set(open.map(({ card }) => card.id)),
    warnings: notHanded.size === 0 ? [] : [notHandedLine(assigneeLabel, notHanded)],
  };
}

/** The person's open cards on open boards, each with its board. */
export function openCards(
  cards: readonly Card[],
  snapshots: readonly WorkspaceSnapshot[],
): readonly {
  readonly card: Card;
  readonly board: BoardWithMemberships;
  readonly snapshot: WorkspaceSnapshot;
}[] {
  const boards = new Map(
    snapshots.flatMap((snapshot) => snapshot.boards.map((board) => [board.id, { snapshot, board }])),
  );
  return cards.flatMap((card) => {
    const place = boards.get(card.idBoard);
    return place && !card.closed && !place.board.closed ? [{ card, ...place }] : [];
  });
}

/** Whether a person is on a board. */
export function isOn(board: BoardWithMemberships, { idMember }: Pick<Person, "idMember">): boolean {
  return board.memberships.some((row) => row.idMember === idMember);
}

/** Counts how many cards of a plan are handed over, kept by others, or left unassigned. */
export function countCards(effects: readonly Effect[]): CardCounts {
  const cards = new Map(
    effects.filter(setCardMembers.is).map((effect) => [effect.target["idCard"], fateOf(effect)]),
  );
  const count = (fate: keyof CardCounts) => [...cards.values()].filter((each) => each === fate).length;
  return { handed: count("handed"), kept: count("kept"), unassigned: count("unassigned") };
}

/** A line about the boards on which the new assignee is not a member: how many cards of each are not handed over. */
function notHandedLine(assignee: string, cards: ReadonlyMap<string, number>): string {
  const total = [...cards.values()].reduce((sum, count) => sum + count, 0);
  const each = [...cards].map(([name, count]) => `${name} (${count})`);
  return `${assignee} is not on ${plural(cards.size, "board")}, so ${plural(total, "open card")} there ${total === 1 ? "is" : "are"} not handed over: ${listNames(each)}. To hand these cards over too, plan again with addToBoards: true, which puts the new assignee on those boards.`;
}

/** The cards of each person. Empty for a person whose cards were not read. */
export interface CardsOf {
  (idMember: string): readonly Card[];
  /** Parts of Trello's answers that could not be read, as sentences. */
  readonly blindSpots: readonly string[];
}

/**
 * Reads the cards of people on the boards that they leave. It sends one request for each person or one for each board,
 * whichever needs fewer requests. Examples: one request for one person on 30 boards, and one request for 40 people on
 * one board.
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
  const unread = all.reduce((sum, rows) => sum + (rows.unread ?? 0), 0);
  const cardsOf = (idMember: string) =>
    [...cards.values()].filter(({ idMembers }) => idMembers.includes(idMember));
  return Object.assign(cardsOf, { blindSpots: unreadLines({ unread }, "card") });
}
