import { json, Refusal, refuse, TOO_MANY_CARDS, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Board, Card } from "../world.ts";
import {
  arg,
  callerOf,
  canSeeBoard,
  isBoardAdmin,
  listArg,
  memberBy,
  membershipOf,
  readableBoard,
} from "./access.ts";
import { record } from "./actions.ts";
import { pick } from "./show.ts";

/** The routes that read cards and change their members. Routes for other fields of cards are missing. */
export const cardRoutes: readonly Route[] = [
  trelloRoute("GET /boards/{id}/cards", (context) => json(cardsOn(context, arg(context, "filter")))),
  trelloRoute("GET /boards/{id}/cards/{filter}", (context) =>
    json(cardsOn(context, context.params["filter"])),
  ),
  trelloRoute("GET /members/{id}/cards", (context) => {
    const member = memberBy(context, context.params["id"]);
    const { boards, cards } = context.world.trello;
    const filter = arg(context, "filter") ?? "visible";
    const shown = [...cards.values()].filter((card) => {
      const board = boards.get(card.idBoard);
      if (!board || !card.idMembers.includes(member.id)) return false;
      if (!canSeeBoard(context.world, board, callerOf(context).member.id)) return false;
      return passes(card, board, filter);
    });
    return json(within(context, shown).map((card) => showCard(context, card)));
  }),
  trelloRoute("GET /cards/{id}", (context) => json(showCard(context, readableCard(context).card))),
  trelloRoute("PUT /cards/{id}", (context) => {
    const { card, board } = writableCard(context);
    const idMembers = listArg(context, "idMembers");
    if (idMembers) assign(context, board, card, idMembers);
    return json(showCard(context, card));
  }),
  trelloRoute("POST /cards/{id}/idMembers", (context) => {
    const { card, board } = writableCard(context);
    const value = arg(context, "value");
    if (value === undefined) return refuse(400, "invalid value for value");
    if (card.idMembers.includes(value)) return refuse(400, "member is already on the card");
    assign(context, board, card, [...card.idMembers, value]);
    return json(members(context, card));
  }),
  trelloRoute("DELETE /cards/{id}/idMembers/{idMember}", (context) => {
    const { card, board } = writableCard(context);
    const { id } = memberBy(context, context.params["idMember"]);
    if (!card.idMembers.includes(id)) return refuse(400, "member is not on the card");
    assign(
      context,
      board,
      card,
      card.idMembers.filter((other) => other !== id),
    );
    return json(members(context, card));
  }),
];

/**
 * The answer if an id is not the id of a person on the card's board. The HTTP status that Trello really sends is
 * unknown (TrelloDotNet#29).
 */
const INVALID_ID = { status: 400, body: { message: "Invalid objectId", error: "ERROR" } };

function passes(card: Card, board: Board, filter: string): boolean {
  if (filter === "closed") return card.closed;
  if (filter === "open") return !card.closed;
  if (filter === "visible") return !card.closed && !board.closed && !card.inArchivedList;
  if (filter === "complete") return card.dueComplete === true;
  if (filter === "incomplete") return card.dueComplete !== true;
  return filter === "all";
}

function cardsOn(context: RouteContext, filter = "visible") {
  const board = readableBoard(context);
  const found = [...context.world.trello.cards.values()].filter(
    (card) => card.idBoard === board.id && passes(card, board, filter),
  );
  return within(context, found).map((card) => showCard(context, card));
}

/** Refuses if the reply would contain too many cards. The reason is the size of the reply, not a missing right. */
function within(context: RouteContext, cards: readonly Card[]): readonly Card[] {
  if (cards.length > (context.world.trello.mostCards ?? Infinity)) throw new Refusal(TOO_MANY_CARDS);
  return cards;
}

function readableCard(context: RouteContext): { card: Card; board: Board } {
  const card = context.world.trello.cards.get(context.params["id"] ?? "");
  const board = context.world.trello.boards.get(card?.idBoard ?? "");
  if (!card || !board) return refuse(404, "Could not find the card");
  if (canSeeBoard(context.world, board, callerOf(context).member.id)) return { card, board };
  return refuse(401, "unauthorized card permission requested");
}

function writableCard(context: RouteContext): { card: Card; board: Board } {
  const found = readableCard(context);
  const { id } = callerOf(context).member;
  const row = membershipOf(found.board, id);
  const mayWrite = (row && row.memberType !== "observer") || isBoardAdmin(context.world, found.board, id);
  return mayWrite ? found : refuse(401, "unauthorized card permission requested");
}

/**
 * Puts people on a card. Each person must be a member of the card's board, unless the person is on the card already.
 */
function assign(context: RouteContext, board: Board, card: Card, idMembers: readonly string[]): void {
  const wanted = [...new Set(idMembers)];
  const added = wanted.filter((id) => !card.idMembers.includes(id));
  const removed = card.idMembers.filter((id) => !wanted.includes(id));
  if (added.some((id) => !membershipOf(board, id))) throw new Refusal(INVALID_ID);
  card.idMembers = wanted;
  const data = { card: { id: card.id, name: card.name }, board: { id: board.id, name: board.name } };
  for (const [type, ids] of [
    ["addMemberToCard", added],
    ["removeMemberFromCard", removed],
  ] as const) {
    for (const id of ids)
      record(context, type, board.idOrganization, { member: memberBy(context, id), data });
  }
}

function members(context: RouteContext, card: Card) {
  return card.idMembers.flatMap((id) => {
    const member = context.world.trello.members.get(id);
    return member ? [{ id, fullName: member.fullName, username: member.username }] : [];
  });
}

function showCard(context: RouteContext, card: Card) {
  const { id, name, idBoard, idMembers, closed, dueComplete = false } = card;
  return pick(
    { id, name, idBoard, idMembers: [...idMembers], closed, dueComplete },
    listArg(context, "fields"),
  );
}
