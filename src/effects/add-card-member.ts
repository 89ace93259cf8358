import { defineEffect } from "./kind.ts";

type Target = { readonly idCard: string; readonly idBoard: string; readonly idMember: string };

/** Puts one person on a card and touches nobody else there (POST /cards/{id}/idMembers). */
export const addCardMember = defineEffect<Target, null, { readonly assigned: true }>({
  op: "add_card_member",
  resource: "card",
  id: (target) => `${target.idCard}/${target.idMember}`,
  classOf: () => "update",
  send: (target, _after, writes) => writes.trello.addCardMember(target.idCard, target.idMember),
  async holds(target, _states, reads) {
    return (await reads.trello.cardsOf(target.idMember)).some((card) => card.id === target.idCard);
  },
  // It only ever restores; what it restored is taken away again by removing the person from the board.
  invert: () => [],
  describe: (label, _states, where) => `Put ${label} back on ${where}`,
});
