import { type Effect, placeOf } from "../domain/effect.ts";
import { defineEffect, type Inverse, RANK } from "./define-effect.ts";
import { offCards, onBoard, onCard } from "./keys.ts";
import { boardMembership } from "./memberships.ts";

/**
 * The card, the person `from` who leaves it, and the person `to` who takes it over. `to` is empty if no one takes the
 * card over.
 */
type HandOverTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
  readonly to: string;
};
type HandOverBefore = { readonly idMembers: readonly string[] };
/**
 * The name of the new assignee, such as `Jane Doe (@jane)`; empty if there is none. Stored plans call this field
 * `heir`.
 */
type Handed = HandOverBefore & { readonly heir: string };

/**
 * Gives a card of one person to another person, in one request (PUT /cards/{id} with idMembers). If no one takes the
 * card over, the person is only taken off (DELETE /cards/{id}/idMembers/{idMember}).
 */
export const setCardMembers = defineEffect<HandOverTarget, HandOverBefore, Handed>({
  op: "set_card_members",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.from}/${target.to}`,
  // The new assignee must be on the board before the card is handed over. Another effect of the same plan may add this
  // person to the board.
  needs: ({ target: { idBoard, to } }) => (to === "" ? [] : [onBoard({ idBoard, idMember: to })]),
  gives: ({ target: { idBoard, idOrganization, from } }) => [
    offCards(idBoard, from),
    offCards(idOrganization, from),
  ],
  classOf: ({ before, after }) =>
    before.idMembers.every((id) => after.idMembers.includes(id)) ? "update" : "delete",
  send: ({ target: { idCard, from, to }, after: { idMembers } }, { trello }) =>
    to === "" ? trello.removeCardMember(idCard, from) : trello.setCardMembers(idCard, idMembers),
  // Reads the list of all cards of the old assignee, and the same list of the new one, instead of this card. So two
  // requests are enough for all cards that move from one person to the other.
  async holds({ target: { idCard, from, to } }, reads) {
    const has = async (idMember: string) =>
      (await reads.trello.cardsOf(idMember)).some((card) => card.id === idCard);
    return !(await has(from)) && (to === "" || (await has(to)));
  },
  // The undo puts the old assignee back on the card and takes the new one off. Other people stay as they are, because
  // they may have joined or left the card meanwhile.
  invert({ target: { from, to, ...card }, after, label }) {
    const assigned = { assigned: true };
    const back: Inverse = {
      op: "add_card_member",
      target: { ...card, idMember: from },
      before: null,
      after: assigned,
      label,
    };
    const off: Inverse = {
      op: "remove_card_member",
      target: { ...card, from: to },
      before: assigned,
      after: null,
      label: after.heir,
    };
    return to === "" ? [back] : [back, off];
  },
  describe: ({ after }) => ["Reassign ", ": ", ` to ${after.heir || "nobody"}`],
});

/**
 * What happens to a card when a person leaves it. `handed`: a new assignee takes it over. `kept`: other people are
 * still on it. `unassigned`: no one is on it.
 */
export function fateOf({ after }: Effect): "handed" | "kept" | "unassigned" {
  const { heir, idMembers } = after as Handed;
  if (heir !== "") return "handed";
  return idMembers.length > 0 ? "kept" : "unassigned";
}

/** `idOrganization` is the board's workspace; empty if the board is in no workspace. */
type AddTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly idMember: string;
};
type AddAfter = { readonly assigned: true };

/** Adds one person to a card; its other people stay (POST /cards/{id}/idMembers). */
export const addCardMember = defineEffect<AddTarget, null, AddAfter>({
  op: "add_card_member",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.idMember}`,
  // A person must be on the board before being added to one of its cards, because Trello requires it.
  needs: ({ target }) => [onBoard(target)],
  gives: ({ target: { idCard } }) => [onCard(idCard)],
  classOf: () => "update",
  send: ({ target }, writes) => writes.trello.addCardMember(target.idCard, target.idMember),
  async holds({ target }, reads) {
    return (await reads.trello.cardsOf(target.idMember)).some((card) => card.id === target.idCard);
  },
  async rebase(effect, reads) {
    return (await boardMembership(reads, effect.target)) === null
      ? { changed: "is no longer on the board of the card", lacks: onBoard(effect.target) }
      : effect;
  },
  invert: ({ target: { idMember, ...card }, after, label }) => [
    { op: "remove_card_member", target: { ...card, from: idMember }, before: after, after: null, label },
  ],
  describe: () => ["Put ", " back on "],
});

/**
 * The person is in the field `from`, not in `idMember`. The guards treat `idMember` as a person who loses access, but a
 * person who is taken off a card loses none.
 */
type RemoveTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
};
type RemoveBefore = { readonly assigned: true };

/** Takes one person off a card; its other people stay (DELETE /cards/{id}/idMembers/{idMember}). */
export const removeCardMember = defineEffect<RemoveTarget, RemoveBefore, null>({
  op: "remove_card_member",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.from}`,
  // In an undo, the new assignee is taken off the card only after the old assignee is back on it.
  needs: ({ target: { idCard } }) => [onCard(idCard)],
  gives: ({ target: { idBoard, idOrganization, from } }) => [
    offCards(idBoard, from),
    offCards(idOrganization, from),
  ],
  classOf: () => "delete",
  send: ({ target }, writes) => writes.trello.removeCardMember(target.idCard, target.from),
  async holds({ target }, reads) {
    return (await reads.trello.cardsOf(target.from)).every((card) => card.id !== target.idCard);
  },
  invert: ({ target: { from, ...card }, before, label }) => [
    { op: "add_card_member", target: { ...card, idMember: from }, before: null, after: before, label },
  ],
  describe: () => ["Take ", " off "],
});

/** The effects that put a person back on cards which the person lost by leaving a board. */
export function backOnCards(
  idCards: readonly string[],
  {
    idBoard,
    idOrganization,
    idMember,
  }: { readonly idBoard: string; readonly idOrganization: string; readonly idMember: string },
  label: string,
): readonly Inverse[] {
  return idCards.map((idCard) => ({
    op: "add_card_member",
    target: { idCard, idBoard, idOrganization, idMember },
    before: null,
    after: { assigned: true },
    label,
    place: placeOf("card", { id: idCard, name: "" }),
  }));
}
