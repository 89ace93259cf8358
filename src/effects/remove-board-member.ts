import { backOnCards } from "./card-state.ts";
import { defineEffect } from "./kind.ts";
import { boardMembership, roleChange } from "./workspace-state.ts";

/** `idOrganization` is empty for a board outside any workspace. */
type Target = { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string };
/** `billable`: a guest who costs a seat; `cards`: what leaving the board takes the person off, where it was captured. */
type Before = { readonly memberType: string; readonly billable?: true; readonly cards?: readonly string[] };

/** Removes a member or a guest from one board (DELETE /boards/{id}/members/{idMember}). */
export const removeBoardMember = defineEffect<Target, Before, null>({
  op: "remove_board_member",
  resource: "board_membership",
  id: (target) => `${target.idBoard}/${target.idMember}`,
  classOf: () => "delete",
  send: (target, _after, writes) => writes.trello.removeBoardMember(target.idBoard, target.idMember),
  async holds(target, _states, reads) {
    return (await boardMembership(reads, target)) === null;
  },
  rebase: async (target, states, reads) =>
    roleChange(await boardMembership(reads, target), states.before) ?? states,
  invert: (target, { before }, label) => [
    {
      op: "set_board_member",
      target,
      before: null,
      after: { memberType: before.memberType, ...(before.billable && { billable: true }) },
      label,
    },
    ...backOnCards(before.cards ?? [], target, label),
  ],
  describe: (label, _states, where) => `Remove ${label} from ${where}`,
});
