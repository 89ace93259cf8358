import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/**
 * Limits reads to the allowed workspaces, so that no tool can show a workspace that the administrator closed. It
 * compares ids, after Trello resolved the slug. Boards outside all workspaces are closed too.
 */
export function restrict(reads: Reads, allowed: readonly string[] | null): Reads {
  if (!allowed) return reads;
  const open = (id: string | null | undefined): boolean => !!id && allowed.includes(id);
  const checked = <T>(value: T, id: string | null | undefined): T => {
    if (open(id)) return value;
    throw new AppError("POLICY_DENIED", "This server is not allowed to read that workspace.", {
      next: "Use list_workspaces to see the allowed ones, or ask the administrator to add the id to IDENTITY_WORKSPACES.",
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
      // A read of cards names no workspace. The guards check changes of cards by the workspaces of the effects.
      cardsOf: (idMember) => trello.cardsOf(idMember),
      cardsOn: (idBoard) => trello.cardsOn(idBoard),
      profile: () => trello.profile(),
      // A profile names no workspace. Callers ask only for people whom they saw in an allowed one.
      memberProfile: (idMember) => trello.memberProfile(idMember),
      searchMembers: async (query, idOrganization) => {
        if (idOrganization !== undefined) checked(null, idOrganization);
        return trello.searchMembers(query, idOrganization);
      },
      newBillableGuests: (idOrganization, idBoard) =>
        trello.newBillableGuests(checked(idOrganization, idOrganization), idBoard),
      invitationActions: (ids) => {
        for (const id of ids) checked(id, id);
        return trello.invitationActions(ids);
      },
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
