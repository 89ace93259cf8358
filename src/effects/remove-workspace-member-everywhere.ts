import { backOnCards } from "./card-state.ts";
import { defineEffect } from "./kind.ts";
import { backInWorkspace } from "./workspace-state.ts";

type Target = { readonly idOrganization: string; readonly idMember: string };
type Before = {
  readonly memberType: string;
  readonly deactivated?: true;
  readonly boards: readonly {
    readonly idBoard: string;
    readonly name: string;
    readonly memberType: string;
    readonly cards?: readonly string[];
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
    ...backInWorkspace(target, before, label),
    ...before.boards.flatMap(({ idBoard, name, memberType, cards }) => [
      {
        op: "set_board_member" as const,
        target: { ...target, idBoard },
        before: null,
        after: { memberType },
        label,
        where: `board ${name}`,
      },
      ...backOnCards(cards ?? [], { ...target, idBoard }, label),
    ]),
  ],
  describe: (label, { before }, where) =>
    `Remove ${label} from ${where} and ${before.boards.length === 1 ? "1 of its boards" : `${before.boards.length} of its boards`}`,
  // How Trello words this refusal is not published, so any will do; a plan that goes board by board is never wrong.
  learns: ({ idOrganization }, { code }) =>
    code === "UPSTREAM_FORBIDDEN" ? { key: refusesAll(idOrganization), value: true } : null,
});
