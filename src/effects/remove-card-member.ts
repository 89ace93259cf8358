import { defineEffect } from "./kind.ts";

/** `from` and not `idMember`: whoever comes off a card loses no access, which is what guards look for. */
type Target = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
};
type Assigned = { readonly assigned: true };

/** Takes one person off a card and touches nobody else there (DELETE /cards/{id}/idMembers/{idMember}). */
export const removeCardMember = defineEffect<Target, Assigned, null>({
  op: "remove_card_member",
  resource: "card",
  id: (target) => `${target.idCard}/${target.from}`,
  classOf: () => "delete",
  send: (target, _after, writes) => writes.trello.removeCardMember(target.idCard, target.from),
  async holds(target, _states, reads) {
    return (await reads.trello.cardsOf(target.from)).every((card) => card.id !== target.idCard);
  },
  invert: ({ from, ...card }, { before }, label) => [
    { op: "add_card_member", target: { ...card, idMember: from }, before: null, after: before, label },
  ],
  describe: (label, _states, where) => `Take ${label} off ${where}`,
});
