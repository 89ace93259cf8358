import type { Inverse } from "./kind.ts";
import { defineEffect } from "./kind.ts";

/** `from` comes off the card and `to` onto it; `to` is empty where nobody does. */
type Target = {
  readonly idCard: string;
  readonly idBoard: string;
  readonly idOrganization: string;
  readonly from: string;
  readonly to: string;
};
type Assigned = { readonly idMembers: readonly string[] };
/** `heir` is whose the card is then, for people; empty where it is nobody's. */
type Handed = Assigned & { readonly heir: string };

/**
 * Hands a card from one person to another in one request (PUT /cards/{id} with idMembers). Where nobody comes onto it the
 * one person is taken off, which touches nobody else (DELETE /cards/{id}/idMembers/{idMember}).
 */
export const setCardMembers = defineEffect<Target, Assigned, Handed>({
  op: "set_card_members",
  resource: "card",
  id: (target) => `${target.idCard}/${target.from}/${target.to}`,
  classOf: ({ before, after }) =>
    before.idMembers.every((id) => after.idMembers.includes(id)) ? "update" : "delete",
  send: ({ idCard, from, to }, { idMembers }, { trello }) =>
    to === "" ? trello.removeCardMember(idCard, from) : trello.setCardMembers(idCard, idMembers),
  // Asked of the people and not of the card: two readings tell it for all cards of a run.
  async holds({ idCard, from, to }, _states, reads) {
    const has = async (idMember: string) =>
      (await reads.trello.cardsOf(idMember)).some((card) => card.id === idCard);
    return !(await has(from)) && (to === "" || (await has(to)));
  },
  // One by one: whoever else came onto the card meanwhile, or left it, is not of this effect's making.
  invert({ from, to, ...card }, { after }, label) {
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
  describe: (label, { after }, where) => `Reassign ${label}: ${where} to ${after.heir || "nobody"}`,
});
