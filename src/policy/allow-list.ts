import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/**
 * Reads that answer only for the workspaces allowed (by id, after the upstream resolved the slug), so that no tool
 * can show what the administrator closed. Boards outside any workspace are closed too.
 */
export function restrict(reads: Reads, allowed: readonly string[] | null): Reads {
  if (!allowed) return reads;
  const open = (id: string | null | undefined): boolean => !!id && allowed.includes(id);
  const checked = <T>(value: T, id: string | null | undefined): T => {
    if (open(id)) return value;
    throw new AppError("POLICY_DENIED", "That workspace is not one that this server may look at.", {
      next: "Use list_workspaces for those it may, or ask the administrator to add the id to IDENTITY_WORKSPACES.",
      details: { guard: "allow_list" },
    });
  };
  const { trello } = reads;
  return {
    ...reads,
    border: {
      outside: async () => (await trello.workspaces()).filter((workspace) => !open(workspace.id)).length,
    },
    trello: {
      me: () => trello.me(),
      token: () => trello.token(),
      // Cards have no workspace of their own; what is done with them is guarded by the effects' workspaces.
      cardsOf: (idMember) => trello.cardsOf(idMember),
      cardsOn: (idBoard) => trello.cardsOn(idBoard),
      profile: () => trello.profile(),
      searchMembers: async (query, idOrganization) => {
        if (idOrganization !== undefined) checked(null, idOrganization);
        return trello.searchMembers(query, idOrganization);
      },
      newBillableGuests: (idOrganization, idBoard) =>
        trello.newBillableGuests(checked(idOrganization, idOrganization), idBoard),
      // A workspace that cannot be read cannot be an allowed one: the list has ids.
      workspaces: async () => (await trello.workspaces()).filter((workspace) => open(workspace.id)),
      async workspace(ref) {
        const snapshot = await trello.workspace(ref);
        return checked(snapshot, snapshot.workspace.id);
      },
      async workspaceSnapshots(refs) {
        const snapshots = await trello.workspaceSnapshots(refs);
        return snapshots.map((snapshot) => checked(snapshot, snapshot.workspace.id));
      },
      async board(ref) {
        const snapshot = await trello.board(ref);
        return checked(snapshot, snapshot.board.idOrganization);
      },
      async boards(refs) {
        const snapshots = await trello.boards(refs);
        return snapshots.map((snapshot) => checked(snapshot, snapshot.board.idOrganization));
      },
    },
  };
}
