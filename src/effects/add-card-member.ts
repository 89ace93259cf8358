import { defineEffect } from "./kind.ts";
import { boardMembership } from "./workspace-state.ts";

/** `idOrganization` is empty for a board outside any workspace. */
type Target = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly idMember: string;
};
type Assigned = { readonly assigned: true };

/** Puts one person on a card and touches nobody else there (POST /cards/{id}/idMembers). */
export const addCardMember = defineEffect<Target, null, Assigned>({
  op: "add_card_member",
  resource: "card",
  id: (target) => `${target.idCard}/${target.idMember}`,
  classOf: () => "update",
  send: (target, _after, writes) => writes.trello.addCardMember(target.idCard, target.idMember),
  async holds(target, _states, reads) {
    return (await reads.trello.cardsOf(target.idMember)).some((card) => card.id === target.idCard);
  },
  async rebase(target, states, reads) {
    return (await boardMembership(reads, target)) === null
      ? { changed: "is not on the board of the card any more" }
      : states;
  },
  invert: ({ idMember, ...card }, { after }, label) => [
    { op: "remove_card_member", target: { ...card, from: idMember }, before: after, after: null, label },
  ],
  describe: (label, _states, where) => `Put ${label} back on ${where}`,
});
