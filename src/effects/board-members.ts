import type { Effect } from "../domain/effect.ts";
import type { MemberType } from "../domain/trello.ts";
import { backOnCards } from "./cards.ts";
import { defineEffect, RANK } from "./define-effect.ts";
import { hasNewAdmin, inWorkspace, offBoards, offCards, onBoard } from "./keys.ts";
import { boardMembership, roleChange, roleWording } from "./memberships.ts";

/** `idOrganization` is the board's workspace; empty if the board is in no workspace. */
type RoleTarget = { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string };
/** `billable`: true if the person becomes a guest who costs a seat. This cost was approved with the plan. */
type Role = { readonly memberType: string; readonly billable?: true };

/** Adds an existing member to a board, or changes the member's role there (PUT /boards/{id}/members/{idMember}). */
export const setBoardMember = defineEffect<RoleTarget, Role | null, Role>({
  op: "set_board_member",
  resource: "board_membership",
  rank: RANK.board,
  readsWorkspace: true,
  id: (target) => `${target.idBoard}/${target.idMember}`,
  // If an effect on the person in the workspace fails, the person is not added to the boards. Otherwise the person
  // could become a billable guest.
  needs: ({ target, before, after }) => [
    inWorkspace(target),
    ...(before?.memberType === "admin" && after.memberType !== "admin" ? [hasNewAdmin(target.idBoard)] : []),
  ],
  gives: ({ target, after }) => [
    onBoard(target),
    ...(after.memberType === "admin" ? [hasNewAdmin(target.idBoard)] : []),
  ],
  classOf: ({ before, after }) =>
    after.memberType === "admin" || after.billable ? "grant" : before ? "update" : "create",
  send: ({ target, after }, writes) =>
    writes.trello.setBoardMember(
      target.idBoard,
      target.idMember,
      after.memberType as MemberType,
      after.billable === true,
    ),
  async holds({ target, after }, reads) {
    const found = await boardMembership(reads, target);
    return found !== null && found.memberType === after.memberType;
  },
  rebase: async (effect, reads) =>
    roleChange(await boardMembership(reads, effect.target), effect.before, onBoard(effect.target)) ?? effect,
  invert: ({ target, before, after, label }) =>
    before
      ? [{ op: "set_board_member", target, before: after, after: before, label }]
      : [{ op: "remove_board_member", target, before: after, after: null, label }],
  describe: ({ before, after }) => roleWording(before, after),
});

/** `idOrganization` is the board's workspace; empty if the board is in no workspace. */
type RemoveTarget = { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string };
/**
 * `billable`: true if the person is a guest who costs a seat. `cards`: the ids of the cards that the person loses by
 * leaving the board, if the cards were read.
 */
type Before = { readonly memberType: string; readonly billable?: true; readonly cards?: readonly string[] };

/** Removes a member or a guest from one board (DELETE /boards/{id}/members/{idMember}). */
export const removeBoardMember = defineEffect<RemoveTarget, Before, null>({
  op: "remove_board_member",
  resource: "board_membership",
  rank: RANK.board,
  readsWorkspace: true,
  id: (target) => `${target.idBoard}/${target.idMember}`,
  needs: ({ target, before }) => [
    offCards(target.idBoard, target.idMember),
    ...(before.memberType === "admin" ? [hasNewAdmin(target.idBoard)] : []),
  ],
  gives: ({ target }) => [offBoards(target)],
  classOf: () => "delete",
  send: ({ target }, writes) => writes.trello.removeBoardMember(target.idBoard, target.idMember),
  async holds({ target }, reads) {
    return (await boardMembership(reads, target)) === null;
  },
  rebase: async (effect, reads) =>
    roleChange(await boardMembership(reads, effect.target), effect.before) ?? effect,
  invert: ({ target, before, label }) => [
    {
      op: "set_board_member",
      target,
      before: null,
      after: { memberType: before.memberType, ...(before.billable && { billable: true }) },
      label,
    },
    ...backOnCards(before.cards ?? [], target, label),
  ],
  describe: () => ["Remove ", " from "],
});

/**
 * Returns a copy of `removal`, the removal of a person from a board. The copy also contains the cards that the person
 * loses, so that an undo can put the person back on them.
 */
export function rememberingCards(removal: Effect, cards: readonly string[]): Effect {
  const { target, before, label, place } = removal;
  return removeBoardMember.make({
    target: target as RemoveTarget,
    before: { ...(before as Before), cards },
    after: null,
    label,
    place,
  });
}
