import type { TrelloAction, World } from "../world.ts";

type Model = "board" | "workspace" | "member" | "enterprise";

/**
 * For each type of action: which webhooks get it. These can be webhooks on the action's board, workspace or enterprise,
 * or on the member who did the action. The table is Trello's own (linked in fiatjaf/trello-webhooks issue 3). As at
 * Trello, a workspace's webhook does not get actions about memberships of boards.
 */
const TOLD: Readonly<Record<string, readonly Model[]>> = {
  addMemberToBoard: ["board", "member"],
  removeMemberFromBoard: ["board", "member"],
  makeAdminOfBoard: ["board", "member"],
  makeNormalMemberOfBoard: ["board", "member"],
  makeObserverOfBoard: ["board", "member"],
  unconfirmedBoardInvitation: ["board", "member"],
  deleteBoardInvitation: ["board", "member"],
  createBoardInvitation: ["workspace", "member"],
  addMemberToOrganization: ["workspace", "member"],
  removeMemberFromOrganization: ["workspace", "member"],
  makeAdminOfOrganization: ["workspace", "member"],
  makeNormalMemberOfOrganization: ["workspace", "member"],
  createOrganizationInvitation: ["workspace", "member"],
  unconfirmedOrganizationInvitation: ["workspace", "member"],
  deleteOrganizationInvitation: ["workspace", "member"],
  deactivatedMemberInOrganization: ["workspace", "member"],
  reactivatedMemberInOrganization: ["board", "member"],
  deactivatedMemberInBoard: ["member"],
  reactivatedMemberInBoard: ["board", "member"],
  deactivatedMemberInEnterprise: ["member", "enterprise"],
  reactivatedMemberInEnterprise: ["enterprise"],
  addToOrganizationBoard: ["board", "workspace", "member"],
  removeFromOrganizationBoard: ["board", "workspace", "member"],
  createBoard: ["member"],
  copyBoard: ["member"],
  memberJoinedTrello: ["member"],
  updateMember: ["member"],
  addOrganizationToEnterprise: ["workspace", "enterprise"],
  removeOrganizationFromEnterprise: ["workspace", "enterprise"],
};

/**
 * Types of actions that webhooks get but that no action feed contains, even if a client asks for them by name. They are
 * about memberships (Trello's former documentation, "excluded action types").
 */
const IN_NO_FEED: ReadonlySet<string> = new Set([
  "createBoardInvitation",
  "createOrganizationInvitation",
  "makeAdminOfOrganization",
  "removeMemberFromBoard",
  "removeMemberFromOrganization",
]);

/** Whether action feeds contain actions of this type. */
export function inFeeds(type: string): boolean {
  return !IN_NO_FEED.has(type);
}

/**
 * Whether a webhook on a workspace, board, member or enterprise (`idModel`) gets the action. An action whose type is
 * not in the table goes to the webhooks on its author and on its board; if it has no board, on its workspace.
 */
export function isTold(world: World, action: TrelloAction, idModel: string): boolean {
  const ids: Readonly<Record<Model, string | undefined>> = {
    board: idIn(action.data["board"]),
    workspace: action.idOrganization ?? undefined,
    member: action.idMemberCreator,
    enterprise: idIn(action.data["enterprise"]),
  };
  if (action.type === "updateMember" && world.wire.tellsProfiles) {
    const place = world.trello.workspaces.get(idModel) ?? world.trello.boards.get(idModel);
    if (place) return place.memberships.some(({ idMember }) => idMember === action.idMemberCreator);
  }
  const told = TOLD[action.type] ?? [ids.board === undefined ? "workspace" : "board", "member"];
  // An action of the whole workspace, such as a reactivation, is sent to the webhooks of each of its boards.
  const everyBoard = told.includes("board") && ids.board === undefined;
  const board = everyBoard ? world.trello.boards.get(idModel) : undefined;
  if (board) return board.idOrganization === action.idOrganization;
  return told.some((model) => ids[model] === idModel);
}

function idIn(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string"
    ? value.id
    : undefined;
}
