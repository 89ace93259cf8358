/**
 * The OAuth 2.0 scopes of Trello's requests, from the official description of 2026-10-04.
 * - A list: all of these scopes are needed.
 * - `[]`: every access token is enough.
 * - `none`: the request works only with key and token.
 * - `unlisted`: the description does not contain the request.
 */
export type ScopeRule = readonly string[] | "none" | "unlisted";

const READ_WORKSPACE = ["read:organization:trello"];
const READ_BOARD = ["read:board:trello"];
const WRITE_WORKSPACE_MEMBER = ["write:organization:membership:trello"];
const WRITE_BOARD_MEMBER = ["write:board:membership:trello"];
const WRITE_BOARD = ["write:board:trello"];
const READ_ENTERPRISE = ["read:enterprise:trello"];
const WRITE_ENTERPRISE = ["write:enterprise:trello"];

export const SCOPE_RULES: Readonly<Record<string, ScopeRule>> = {
  "GET /batch": [],
  "GET /organizations/{id}": READ_WORKSPACE,
  "PUT /organizations/{id}": [...READ_WORKSPACE, "write:organization:trello"],
  "GET /organizations/{id}/members": READ_WORKSPACE,
  "GET /organizations/{id}/membersInvited": "unlisted",
  "GET /organizations/{id}/memberships": READ_WORKSPACE,
  "GET /organizations/{id}/memberships/{idMembership}": READ_WORKSPACE,
  "PUT /organizations/{id}/memberships/{idMembership}": "unlisted",
  "PUT /organizations/{id}/members": WRITE_WORKSPACE_MEMBER,
  "PUT /organizations/{id}/members/{idMember}": [...READ_WORKSPACE, ...WRITE_WORKSPACE_MEMBER],
  "DELETE /organizations/{id}/members/{idMember}": WRITE_WORKSPACE_MEMBER,
  "DELETE /organizations/{id}/members/{idMember}/all": [...READ_WORKSPACE, ...WRITE_WORKSPACE_MEMBER],
  "PUT /organizations/{id}/members/{idMember}/deactivated": [...READ_WORKSPACE, ...WRITE_WORKSPACE_MEMBER],
  "GET /organizations/{id}/boards": READ_BOARD,
  "GET /organizations/{id}/newBillableGuests/{idBoard}": "unlisted",
  "GET /organizations/{id}/actions": READ_WORKSPACE,
  "GET /boards/{id}": READ_BOARD,
  "GET /boards/{id}/members": READ_BOARD,
  "GET /boards/{id}/memberships": READ_BOARD,
  "PUT /boards/{id}/members": WRITE_BOARD_MEMBER,
  "PUT /boards/{id}/members/{idMember}": WRITE_BOARD_MEMBER,
  "DELETE /boards/{id}/members/{idMember}": WRITE_BOARD_MEMBER,
  "PUT /boards/{id}/memberships/{idMembership}": WRITE_BOARD_MEMBER,
  "GET /boards/{id}/cards": READ_BOARD,
  "GET /boards/{id}/cards/{filter}": READ_BOARD,
  "GET /cards/{id}": READ_BOARD,
  "PUT /cards/{id}": WRITE_BOARD,
  "POST /cards/{id}/idMembers": WRITE_BOARD,
  "DELETE /cards/{id}/idMembers/{idMember}": WRITE_BOARD,
  "GET /members/{id}": [],
  "PUT /members/{id}": ["write:member:trello"],
  "GET /members/{id}/boards": READ_BOARD,
  "GET /members/{id}/organizations": READ_WORKSPACE,
  "GET /members/{id}/boardsInvited": READ_BOARD,
  "GET /members/{id}/organizationsInvited": READ_WORKSPACE,
  "GET /members/{id}/cards": READ_BOARD,
  "GET /members/{id}/actions": [],
  "GET /search/members/": [],
  // The next four requests have a token in their path. The official description does not contain these requests, so it
  // is unknown whether an access token of OAuth 2.0 may stand in the path.
  "GET /tokens/{token}": "unlisted",
  "GET /tokens/{token}/member": "unlisted",
  "DELETE /tokens/{token}/": "unlisted",
  "GET /tokens/{token}/webhooks": "unlisted",
  "GET /actions/{id}": [],
  "GET /boards/{boardId}/actions": READ_BOARD,
  // Requests about webhooks need no scope. Whether a webhook may watch a board depends on the scopes for the board.
  "POST /webhooks/": [],
  "GET /webhooks/{id}": [],
  "PUT /webhooks/{id}": [],
  "DELETE /webhooks/{id}": [],
  "GET /enterprises/{id}": READ_ENTERPRISE,
  "GET /enterprises/{id}/members/query": [],
  "GET /enterprises/{id}/members": READ_ENTERPRISE,
  "GET /enterprises/{id}/members/{idMember}": READ_ENTERPRISE,
  "GET /enterprises/{id}/admins": READ_ENTERPRISE,
  "PUT /enterprises/{id}/admins/{idMember}": "none",
  "DELETE /enterprises/{id}/admins/{idMember}": "none",
  "PUT /enterprises/{id}/members/{idMember}/deactivated": WRITE_ENTERPRISE,
  "PUT /enterprises/{id}/members/{idMember}/licensed": WRITE_ENTERPRISE,
  "GET /enterprises/{id}/organizations": READ_ENTERPRISE,
};

/** The ten scopes of Trello's OAuth 2.0, spelled as in the API description. */
export const TRELLO_SCOPES: readonly string[] = [
  "read:member",
  "read:organization",
  "read:board",
  "read:enterprise",
  "write:member",
  "write:organization",
  "write:organization:membership",
  "write:board",
  "write:board:membership",
  "write:enterprise",
].map((scope) => `${scope}:trello`);
