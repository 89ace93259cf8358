import { defineEffect } from "./kind.ts";

type Target = { readonly idOrganization: string; readonly idMember: string };
type Before = {
  readonly memberType: string;
  readonly boards: readonly {
    readonly idBoard: string;
    readonly name: string;
    readonly memberType: string;
  }[];
};

/** The key of the fact that a workspace refuses this request, whatever its plan tier promises. */
export function refusesAll(idOrganization: string): string {
  return `refuses_all:${idOrganization}`;
}

/**
 * Removes a member from a workspace and from all of its boards in one request
 * (DELETE /organizations/{id}/members/{idMember}/all); refused on some plan tiers.
 */
export const removeWorkspaceMemberEverywhere = defineEffect<Target, Before, null>({
  op: "remove_workspace_member_everywhere",
  resource: "workspace_membership",
  id: (target) => `${target.idOrganization}/${target.idMember}/all`,
  classOf: () => "delete",
  send: (target, _after, writes) =>
    writes.trello.removeWorkspaceMemberEverywhere(target.idOrganization, target.idMember),
  async holds(target, _states, reads) {
    const { memberships, boards } = await reads.trello.workspace(target.idOrganization);
    const absent = (rows: readonly { readonly idMember: string }[]) =>
      rows.every((row) => row.idMember !== target.idMember);
    return absent(memberships) && boards.every((board) => absent(board.memberships));
  },
  invert: (target, { before }, label) => [
    { op: "set_workspace_member", target, before: null, after: { memberType: before.memberType }, label },
    ...before.boards.map((board) => ({
      op: "set_board_member" as const,
      target: { ...target, idBoard: board.idBoard },
      before: null,
      after: { memberType: board.memberType },
      label: `${label}, board ${board.name}`,
    })),
  ],
  describe: (label, { before }) =>
    `Remove ${label} and ${before.boards.length === 1 ? "its 1 board" : `its ${before.boards.length} boards`} with that membership`,
  // How Trello words this refusal is not published, so any will do; a plan that goes board by board is never wrong.
  learns: ({ idOrganization }, { code }) =>
    code === "UPSTREAM_FORBIDDEN" ? { key: refusesAll(idOrganization), value: true } : null,
});
