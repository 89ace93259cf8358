import { defineEffect } from "./kind.ts";

/** `from` comes off the card and `to` onto it; either may be empty. */
type Target = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
  readonly to: string;
};
type Assigned = { readonly idMembers: readonly string[] };

/** Hands a card from one person to another, or to nobody, in one request (PUT /cards/{id} with idMembers). */
export const setCardMembers = defineEffect<Target, Assigned, Assigned>({
  op: "set_card_members",
  resource: "card",
  id: (target) => `${target.idCard}/${target.from}/${target.to}`,
  classOf: ({ before, after }) =>
    before.idMembers.every((id) => after.idMembers.includes(id)) ? "update" : "delete",
  send: (target, after, writes) => writes.trello.setCardMembers(target.idCard, after.idMembers),
  // Asked of the people and not of the card: two readings tell it for all cards of a run.
  async holds(target, _states, reads) {
    const has = async (idMember: string) =>
      (await reads.trello.cardsOf(idMember)).some((card) => card.id === target.idCard);
    return (target.from === "" || !(await has(target.from))) && (target.to === "" || (await has(target.to)));
  },
  invert: (target, { before, after }, label) => [
    {
      op: "set_card_members",
      target: { ...target, from: target.to, to: target.from },
      before: after,
      after: before,
      label,
    },
  ],
  describe: (label, _states, where) => `Reassign ${label}: ${where}`,
});
