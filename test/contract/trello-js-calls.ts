/** One call by trello.js of each operation that it and the sandbox have, by the sandbox's name of the operation. */
import { BoardSchema, OrganizationSchema } from "trello.js";
import type { createTrelloClient } from "trello.js";
import { SEED } from "../../src/sandbox/index.ts";
import type { World } from "../../src/sandbox/index.ts";
import { webhookCalls } from "./trello-js-webhooks.ts";

export type TrelloJs = ReturnType<typeof createTrelloClient>;
type Call = (client: TrelloJs, world: World) => Promise<unknown>;

const { standard, premium, enterprise } = SEED.workspaces;
const { observed } = SEED.boards;
const ME = SEED.admin.id;
const BOARD = { id: observed.id };
const WORKSPACE = { id: premium.id };
const ENTERPRISE = { id: SEED.enterprise.id };
/** Someone in the workspace and on the board. */
const OBSERVER = { idMember: SEED.observer.id };
const LEAVER = { id: enterprise.id, idMember: SEED.leaver.id };
const EMPLOYEE = { ...ENTERPRISE, idMember: SEED.leaver.id };
const NEWCOMER = { email: "newcomer@example.com", fullName: "New Comer" };

const workspaces: Readonly<Record<string, Call>> = {
  "GET /organizations/{id}": ({ organizations }) => organizations.getOrganization(WORKSPACE),
  "PUT /organizations/{id}": ({ organizations }) =>
    organizations.updateOrganization({ ...WORKSPACE, displayName: "Renamed" }),
  "GET /organizations/{id}/members": ({ organizations }) => organizations.getOrganizationMembers(WORKSPACE),
  "GET /organizations/{id}/memberships": ({ organizations }) =>
    organizations.getOrganizationMemberships({ ...WORKSPACE, filter: "all", member: true }),
  "GET /organizations/{id}/memberships/{idMembership}": ({ organizations }, world) =>
    organizations.getOrganizationMembership({
      ...WORKSPACE,
      idMembership: rowIn(world.trello.workspaces.get(premium.id)),
      member: true,
    }),
  "PUT /organizations/{id}/members": ({ organizations }) =>
    organizations.updateOrganizationMembers({ ...WORKSPACE, ...NEWCOMER }),
  "PUT /organizations/{id}/members/{idMember}": ({ organizations }) =>
    organizations.updateOrganizationMember({ ...WORKSPACE, ...OBSERVER, type: "admin" }),
  "DELETE /organizations/{id}/members/{idMember}": ({ organizations }) =>
    organizations.removeOrganizationMember(LEAVER),
  "DELETE /organizations/{id}/members/{idMember}/all": ({ organizations }) =>
    organizations.removeOrganizationMemberFromAllBoards(LEAVER),
  "PUT /organizations/{id}/members/{idMember}/deactivated": ({ organizations }) =>
    organizations.deactivateOrganizationMember({ ...LEAVER, value: true }),
  "GET /organizations/{id}/boards": ({ organizations }) => organizations.getOrganizationBoards(WORKSPACE),
  "GET /organizations/{id}/newBillableGuests/{idBoard}": ({ organizations }) =>
    organizations.getOrganizationNewBillableGuests({ ...WORKSPACE, idBoard: observed.id }),
  "GET /organizations/{id}/actions": ({ organizations }) =>
    organizations.getOrganizationActions({ id: standard.id }),
};

const boardsAndCards: Readonly<Record<string, Call>> = {
  "GET /boards/{id}": ({ boards }) => boards.getBoard({ ...BOARD, memberships: "all" }),
  "GET /boards/{id}/members": ({ boards }) => boards.getBoardMembers(BOARD),
  "GET /boards/{id}/memberships": ({ boards }) =>
    boards.getBoardMemberships({ ...BOARD, member: true, orgMemberType: true }),
  "PUT /boards/{id}/members": ({ boards }) => boards.inviteBoardMember({ ...BOARD, ...NEWCOMER }),
  "PUT /boards/{id}/members/{idMember}": ({ boards }) =>
    boards.updateBoardMember({ ...BOARD, ...OBSERVER, type: "normal" }),
  "DELETE /boards/{id}/members/{idMember}": ({ boards }) =>
    boards.removeBoardMember({ ...BOARD, ...OBSERVER }),
  "PUT /boards/{id}/memberships/{idMembership}": ({ boards }, world) =>
    boards.updateBoardMembership({
      ...BOARD,
      idMembership: rowIn(world.trello.boards.get(observed.id)),
      type: "normal",
    }),
  "GET /boards/{id}/cards": ({ boards }, world) => boards.getBoardCards({ id: assigned(world).idBoard }),
  "GET /boards/{id}/cards/{filter}": ({ boards }, world) =>
    boards.getBoardCardsByFilter({ id: assigned(world).idBoard, filter: "all" }),
  "GET /cards/{id}": ({ cards }, world) => cards.getCard({ id: assigned(world).id }),
  "PUT /cards/{id}": ({ cards }, world) => {
    const { id, idMembers } = assigned(world);
    return cards.updateCard({ id, idMembers: idMembers.join(",") });
  },
  "POST /cards/{id}/idMembers": ({ cards }, world) => {
    const card = assigned(world);
    const added = card.idMembers.pop() ?? "";
    return cards.addCardMember({ id: card.id, value: added });
  },
  "DELETE /cards/{id}/idMembers/{idMember}": ({ cards }, world) => {
    const { id, idMembers } = assigned(world);
    return cards.removeCardMember({ id, idMember: idMembers[0] ?? "" });
  },
};

const members: Readonly<Record<string, Call>> = {
  "GET /members/{id}": ({ members }) => members.getMember({ id: "me", boards: "all", organizations: "all" }),
  "PUT /members/{id}": ({ members }) => members.updateMember({ id: ME, fullName: "New Name" }),
  "GET /members/{id}/boards": ({ members }) => members.getMemberBoards({ id: ME }),
  "GET /members/{id}/organizations": ({ members }) => members.getMemberOrganizations({ id: "me" }),
  "GET /members/{id}/boardsInvited": ({ members }, world) => {
    invite(world.trello.boards.get(observed.id));
    return members.getMemberInvitedBoards({ id: ME });
  },
  "GET /members/{id}/organizationsInvited": ({ members }, world) => {
    invite(world.trello.workspaces.get(premium.id));
    return members.getMemberInvitedOrganizations({ id: ME });
  },
  "GET /members/{id}/cards": ({ members }) => members.getMemberCards({ id: SEED.leaver.id }),
  "GET /members/{id}/actions": ({ members }) => members.getMemberActions({ id: ME }),
  "GET /search/members/": ({ search }) => search.searchMembers({ query: "Alex" }),
  "GET /tokens/{token}": ({ tokens }) => tokens.getToken({ token: SEED.tokens.full }),
  "GET /tokens/{token}/member": ({ tokens }) => tokens.getTokenMember({ token: SEED.tokens.full }),
  "DELETE /tokens/{token}/": ({ tokens }) => tokens.deleteToken({ token: SEED.tokens.full }),
};

const enterprises: Readonly<Record<string, Call>> = {
  "GET /enterprises/{id}": ({ enterprises }) => enterprises.getEnterprise(ENTERPRISE),
  "GET /enterprises/{id}/members/query": ({ enterprises }) => enterprises.getUser(ENTERPRISE),
  "GET /enterprises/{id}/members": ({ enterprises }) => enterprises.getEnterpriseMembers(ENTERPRISE),
  "GET /enterprises/{id}/members/{idMember}": ({ enterprises }) => enterprises.getEnterpriseMember(EMPLOYEE),
  "GET /enterprises/{id}/admins": ({ enterprises }) => enterprises.getEnterpriseAdmins(ENTERPRISE),
  "PUT /enterprises/{id}/admins/{idMember}": ({ enterprises }) => enterprises.addEnterpriseAdmin(EMPLOYEE),
  "DELETE /enterprises/{id}/admins/{idMember}": ({ enterprises }, world) => {
    world.trello.enterprises.get(ENTERPRISE.id)?.idAdmins.push(EMPLOYEE.idMember);
    return enterprises.removeEnterpriseAdmin(EMPLOYEE);
  },
  "PUT /enterprises/{id}/members/{idMember}/deactivated": ({ enterprises }) =>
    enterprises.deactivateEnterpriseMember({ ...EMPLOYEE, value: true }),
  "PUT /enterprises/{id}/members/{idMember}/licensed": ({ enterprises }) =>
    enterprises.updateEnterpriseMemberLicensed({ ...EMPLOYEE, value: false }),
  "GET /enterprises/{id}/organizations": ({ enterprises }) =>
    enterprises.getEnterpriseOrganizations(ENTERPRISE),
};

export const trelloJsCalls: Readonly<Record<string, Call>> = {
  ...workspaces,
  ...boardsAndCards,
  ...members,
  ...enterprises,
  ...webhookCalls,
  // Its batch validates nothing, so that is done here by the same schemas.
  async "GET /batch"({ batch }) {
    const [board, workspace] = await batch.run(({ boards, organizations }) => [
      boards.getBoard(BOARD),
      organizations.getOrganization(WORKSPACE),
    ]);
    BoardSchema.parse(board);
    OrganizationSchema.parse(workspace);
  },
};

interface Holder {
  readonly memberships: readonly { readonly id: string; readonly idMember: string; unconfirmed: boolean }[];
}

/** The id of a membership of somebody who is no admin. */
function rowIn(holder: Holder | undefined): string {
  return holder?.memberships.find(({ idMember }) => idMember === OBSERVER.idMember)?.id ?? "";
}

/** Makes the token's owner one who was invited and has not joined. */
function invite(holder: Holder | undefined): void {
  const row = holder?.memberships.find(({ idMember }) => idMember === ME);
  if (!row) throw new Error("the token's owner is not there");
  row.unconfirmed = true;
}

/** A card that somebody is on. */
function assigned({ trello }: World) {
  const card = [...trello.cards.values()].find(({ idMembers }) => idMembers.length > 0);
  if (!card) throw new Error("nobody is on any card");
  return card;
}
