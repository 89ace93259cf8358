import { type Effect, placeOf } from "../domain/effect.ts";
import { defineEffect, type Inverse, RANK } from "./define-effect.ts";
import { offCards, onBoard, onCard } from "./keys.ts";
import { boardMembership } from "./memberships.ts";

/** `from` comes off the card and `to` goes on it. `to` is empty if the card is left unassigned. */
type HandOverTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
  readonly to: string;
};
type HandOverBefore = { readonly idMembers: readonly string[] };
/** The label of the new assignee; empty if there is none. Stored plans call it `heir`. */
type Handed = HandOverBefore & { readonly heir: string };

/**
 * Hands a card from one person to another in one request (PUT /cards/{id} with idMembers). If the card is
 * left unassigned, only that person is taken off (DELETE /cards/{id}/idMembers/{idMember}).
 */
export const setCardMembers = defineEffect<HandOverTarget, HandOverBefore, Handed>({
  op: "set_card_members",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.from}/${target.to}`,
  // The same plan may put the new assignee on the board first.
  needs: ({ target: { idBoard, to } }) => (to === "" ? [] : [onBoard({ idBoard, idMember: to })]),
  gives: ({ target: { idBoard, idOrganization, from } }) => [
    offCards(idBoard, from),
    offCards(idOrganization, from),
  ],
  classOf: ({ before, after }) =>
    before.idMembers.every((id) => after.idMembers.includes(id)) ? "update" : "delete",
  send: ({ target: { idCard, from, to }, after: { idMembers } }, { trello }) =>
    to === "" ? trello.removeCardMember(idCard, from) : trello.setCardMembers(idCard, idMembers),
  // Reads the cards of the two people instead of each card, because that shows all cards of the run.
  async holds({ target: { idCard, from, to } }, reads) {
    const has = async (idMember: string) =>
      (await reads.trello.cardsOf(idMember)).some((card) => card.id === idCard);
    return !(await has(from)) && (to === "" || (await has(to)));
  },
  // Changes one person of the card at a time, because other people may have joined or left it since then.
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

/** What becomes of a card: it gets the new assignee, or only its other people, or no one. */
export function fateOf({ after }: Effect): "handed" | "kept" | "unassigned" {
  const { heir, idMembers } = after as Handed;
  if (heir !== "") return "handed";
  return idMembers.length > 0 ? "kept" : "unassigned";
}

/** `idOrganization` is empty for a board outside any workspace. */
type AddTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly idMember: string;
};
type AddAfter = { readonly assigned: true };

/** Puts one person on a card and leaves its other people there (POST /cards/{id}/idMembers). */
export const addCardMember = defineEffect<AddTarget, null, AddAfter>({
  op: "add_card_member",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.idMember}`,
  // Only people of a board can be on its cards.
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
 * Guards read `idMember` as a person who loses access. A person who is taken off a card loses none, so the field is
 * `from`.
 */
type RemoveTarget = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
};
type RemoveBefore = { readonly assigned: true };

/** Takes one person off a card and leaves its other people there (DELETE /cards/{id}/idMembers/{idMember}). */
export const removeCardMember = defineEffect<RemoveTarget, RemoveBefore, null>({
  op: "remove_card_member",
  resource: "card",
  rank: RANK.card,
  id: (target) => `${target.idCard}/${target.from}`,
  // The person who has the card keeps it until the other person is back on it.
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

/** The effects that put a person back on the cards that were lost by leaving a board. */
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
