import { placeOf } from "../domain/effect.ts";
import type { WorkspaceRole } from "../domain/writes.ts";
import { backOnCards } from "./cards.ts";
import { asWanted, hasNewAdmin, inWorkspace, offBoards, offCards } from "./keys.ts";
import { defineEffect, RANK, swapBack } from "./define-effect.ts";
import { backInWorkspace, roleChange, roleWording, workspaceMembership } from "./memberships.ts";

type RoleTarget = { readonly idOrganization: string; readonly idMember: string };
type Role = { readonly memberType: string };

/**
 * Adds an existing member to a workspace, or changes the member's role there (PUT
 * /organizations/{id}/members/{idMember}).
 */
export const setWorkspaceMember = defineEffect<RoleTarget, Role | null, Role>({
  op: "set_workspace_member",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idOrganization}/${target.idMember}`,
  gives: ({ target }) => [inWorkspace(target), asWanted(target)],
  classOf: ({ before, after }) => (after.memberType === "admin" ? "grant" : before ? "update" : "create"),
  send: ({ target, after }, writes) =>
    writes.trello.setWorkspaceMember(
      target.idOrganization,
      target.idMember,
      after.memberType as WorkspaceRole,
    ),
  async holds({ target, after }, reads) {
    const found = await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found !== null && found.memberType === after.memberType;
  },
  async rebase(effect, reads) {
    const found = await workspaceMembership(reads, effect.target.idOrganization, effect.target.idMember);
    return roleChange(found, effect.before, inWorkspace(effect.target)) ?? effect;
  },
  invert: ({ target, before, after, label }) =>
    before
      ? [{ op: "set_workspace_member", target, before: after, after: before, label }]
      : [{ op: "remove_workspace_member", target, before: after, after: null, label }],
  describe: ({ before, after }) => roleWording(before, after),
});

type RemoveTarget = { readonly idOrganization: string; readonly idMember: string };
type RemoveBefore = { readonly memberType: string; readonly deactivated?: true };

/**
 * Removes a member from a workspace; the person stays on its boards (DELETE /organizations/{id}/members/{idMember}).
 */
export const removeWorkspaceMember = defineEffect<RemoveTarget, RemoveBefore, null>({
  op: "remove_workspace_member",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idOrganization}/${target.idMember}`,
  needs: ({ target }) => [offCards(target.idOrganization, target.idMember), offBoards(target)],
  classOf: () => "delete",
  send: ({ target }, writes) => writes.trello.removeWorkspaceMember(target.idOrganization, target.idMember),
  async holds({ target }, reads) {
    return (await workspaceMembership(reads, target.idOrganization, target.idMember)) === null;
  },
  rebase: async (effect, reads) =>
    roleChange(
      await workspaceMembership(reads, effect.target.idOrganization, effect.target.idMember),
      effect.before,
    ) ?? effect,
  invert: ({ target, before, label }) => backInWorkspace(target, before, label),
  describe: () => ["Remove ", " from "],
});

type EverywhereTarget = { readonly idOrganization: string; readonly idMember: string };
type EverywhereBefore = {
  readonly memberType: string;
  readonly deactivated?: true;
  readonly boards: readonly {
    readonly idBoard: string;
    readonly name: string;
    readonly memberType: string;
    readonly cards?: readonly string[];
  }[];
};

/**
 * The key of a stored fact about a workspace: although it is a Premium or Enterprise workspace, it refuses the request
 * that removes a person from the workspace and from all its boards.
 */
export function refusesAll(idOrganization: string): string {
  return `refuses_all:${idOrganization}`;
}

/**
 * Removes a member from a workspace and all its boards in one request (DELETE
 * /organizations/{id}/members/{idMember}/all). Trello may refuse this request if the workspace is not a Premium or
 * Enterprise workspace.
 */
export const removeWorkspaceMemberEverywhere = defineEffect<EverywhereTarget, EverywhereBefore, null>({
  op: "remove_workspace_member_everywhere",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idOrganization}/${target.idMember}/all`,
  needs: ({ target, before }) => [
    offCards(target.idOrganization, target.idMember),
    offBoards(target),
    ...before.boards.flatMap(({ idBoard, memberType }) =>
      memberType === "admin" ? [hasNewAdmin(idBoard)] : [],
    ),
  ],
  classOf: () => "delete",
  send: ({ target }, writes) =>
    writes.trello.removeWorkspaceMemberEverywhere(target.idOrganization, target.idMember),
  async holds({ target }, reads) {
    const { memberships, boards } = await reads.trello.workspace(target.idOrganization);
    const absent = (rows: readonly { readonly idMember: string }[]) =>
      rows.every((row) => row.idMember !== target.idMember);
    return absent(memberships) && boards.every((board) => absent(board.memberships));
  },
  invert: ({ target, before, label }) => [
    ...backInWorkspace(target, before, label),
    ...before.boards.flatMap(({ idBoard, name, memberType, cards }) => [
      {
        op: "set_board_member" as const,
        target: { ...target, idBoard },
        before: null,
        after: { memberType },
        label,
        place: placeOf("board", { id: idBoard, name }),
      },
      ...backOnCards(cards ?? [], { ...target, idBoard }, label),
    ]),
  ],
  describe: ({ before }) => ["Remove ", " from ", ` and ${before.boards.length} of its boards`],
  // Trello does not document how it answers `DELETE .../all` in a workspace that does not support it. So after any
  // answer with UPSTREAM_FORBIDDEN, the server remembers that this workspace refuses the request. Later plans then
  // remove the person from each board separately, which always works.
  learn: ({ target: { idOrganization } }, { code }) =>
    code === "UPSTREAM_FORBIDDEN" ? { key: refusesAll(idOrganization), value: true } : null,
});

type DeactivateTarget = { readonly idOrganization: string; readonly idMember: string };
type State = { readonly deactivated: boolean };

/**
 * Deactivates or reactivates a member in one workspace (PUT /organizations/{id}/members/{idMember}/deactivated). The
 * member stays on the cards, and the seat becomes free. Only paid workspaces can do this.
 */
export const setWorkspaceDeactivated = defineEffect<DeactivateTarget, State, State>({
  op: "set_workspace_deactivated",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idOrganization}/${target.idMember}/deactivated`,
  // In an undo, the person is first brought back into the workspace. If the person is already there with another role,
  // another admin gave that role. Then the person is not deactivated.
  needs: ({ target }) => [asWanted(target)],
  // Reactivating takes a paid seat again.
  classOf: ({ after }) => (after.deactivated ? "delete" : "grant"),
  send: ({ target, after }, writes) =>
    writes.trello.setWorkspaceDeactivated(target.idOrganization, target.idMember, after.deactivated),
  async holds({ target, after }, reads) {
    const found = await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found !== null && found.deactivated === after.deactivated;
  },
  async rebase(effect, reads) {
    const found = await workspaceMembership(reads, effect.target.idOrganization, effect.target.idMember);
    return found ? effect : { changed: "is no longer there", lacks: asWanted(effect.target) };
  },
  invert: swapBack,
  describe: ({ after }) => [`${after.deactivated ? "Deactivate" : "Reactivate"} `, " in "],
});
