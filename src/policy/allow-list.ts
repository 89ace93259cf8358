import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/**
 * Limits all reads to the allowed workspaces, so that no tool can show another workspace. Workspaces are compared by
 * id, after Trello has found them by name. Boards that belong to no workspace are not shown either.
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
      // A request for the cards of a member names no workspace, so it cannot be limited here. Instead, the guards
      // (checks of the policy) limit changes of cards.
      cardsOf: (idMember) => trello.cardsOf(idMember),
      cardsOn: (idBoard) => trello.cardsOn(idBoard),
      profile: () => trello.profile(),
      // The list of webhooks cannot be limited here, because a webhook contains only the id of the workspace or board
      // that it watches. Tools show a webhook only together with a workspace that may be read.
      webhooks: () => trello.webhooks(),
      // A request for a profile names no workspace. Tools read only profiles of people whom they have found in an
      // allowed workspace.
      memberProfile: (idMember) => trello.memberProfile(idMember),
      searchMembers: async (query, idOrganization) => {
        if (idOrganization !== undefined) checked(null, idOrganization);
        return trello.searchMembers(query, idOrganization);
      },
      newBillableGuests: (idOrganization, idBoard) =>
        trello.newBillableGuests(checked(idOrganization, idOrganization), idBoard),
      membershipEvents: (places, since) => {
        for (const { idOrganization } of places) checked(null, idOrganization);
        return trello.membershipEvents(places, since);
      },
      invitationActions: (ids) => {
        for (const id of ids) checked(id, id);
        return trello.invitationActions(ids);
      },
      // A list made by `filter` does not have the property `unread`, the number of workspaces that could not be read.
      // Here the number is not needed, because a workspace can be allowed only if its id is known.
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
