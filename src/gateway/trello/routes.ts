import { memberProfile } from "../../domain/trello.ts";
import { encode } from "../http/request.ts";
import type { SubRequest } from "./batch.ts";

// The GETs of Trello that reads consist of. They ask only for what the domain's shapes use.

const WORKSPACE_FIELDS = "id,name,displayName,idEnterprise,premiumFeatures,products,offering,membersCount";
const SEAT_FIELDS = "billableMemberCount,billableCollaboratorCount,availableLicenseCount";
const CARD_FIELDS = "id,name,idBoard,idMembers,closed";
const BOARD_FIELDS = "id,name,shortLink,closed,idOrganization,prefs";
/** Trello shows `aaId` and `dateLastActive` of some members only. Asking for them does no harm. */
const MEMBER_FIELDS = "id,username,fullName,memberType,confirmed,aaId,dateLastActive";

export const myWorkspaces: SubRequest = {
  operation: "GET /members/{id}/organizations",
  path: "/members/me/organizations",
  query: { filter: "all", fields: `${WORKSPACE_FIELDS},idBoards,idActiveAdmins,${SEAT_FIELDS}` },
};

/** The token's owner. */
export const ME: SubRequest = {
  operation: "GET /members/{id}",
  path: "/members/me",
  query: { fields: `${MEMBER_FIELDS},email` },
};

export const MY_PROFILE: SubRequest = {
  operation: "GET /members/{id}",
  path: "/members/me",
  query: { fields: "id,username,fullName,initials,bio,avatarSource,prefs" },
};

export function memberProfileRoute(idMember: string): SubRequest {
  return {
    operation: "GET /members/{id}",
    path: `/members/${encode(idMember)}`,
    query: { fields: Object.keys(memberProfile.shape).join(",") },
  };
}

export function newBillableGuestsRoute(idOrganization: string, idBoard: string): SubRequest {
  return {
    operation: "GET /organizations/{id}/newBillableGuests/{idBoard}",
    path: `/organizations/${encode(idOrganization)}/newBillableGuests/${encode(idBoard)}`,
    query: {},
  };
}

export function workspaceRoute(ref: string): SubRequest {
  return {
    operation: "GET /organizations/{id}",
    path: `/organizations/${encode(ref)}`,
    query: { fields: `${WORKSPACE_FIELDS},prefs` },
  };
}

/** Actions by which a person is invited to a workspace or to one of its boards, or is added. */
const INVITING = [
  "unconfirmedOrganizationInvitation",
  "unconfirmedBoardInvitation",
  "addMemberToOrganization",
  "addMemberToBoard",
];

export function invitationActionsRoute(idOrganization: string): SubRequest {
  return {
    operation: "GET /organizations/{id}/actions",
    path: `/organizations/${encode(idOrganization)}/actions`,
    query: { filter: INVITING.join(","), limit: "1000" },
  };
}

export function workspaceMembershipsRoute(ref: string): SubRequest {
  return {
    operation: "GET /organizations/{id}/memberships",
    path: `/organizations/${encode(ref)}/memberships`,
    query: { filter: "all", member: "true", member_fields: MEMBER_FIELDS },
  };
}

export function workspaceBoardsRoute(ref: string): SubRequest {
  return {
    operation: "GET /organizations/{id}/boards",
    path: `/organizations/${encode(ref)}/boards`,
    query: { filter: "all", fields: `${BOARD_FIELDS},memberships` },
  };
}

export function boardRoute(ref: string): SubRequest {
  return { operation: "GET /boards/{id}", path: `/boards/${encode(ref)}`, query: { fields: BOARD_FIELDS } };
}

export function boardMembershipsRoute(ref: string): SubRequest {
  return {
    operation: "GET /boards/{id}/memberships",
    path: `/boards/${encode(ref)}/memberships`,
    query: { filter: "all", member: "true", member_fields: MEMBER_FIELDS },
  };
}

export function memberSearchRoute(query: string, idOrganization: string | undefined): SubRequest {
  const scope = idOrganization ? { idOrganization, onlyOrgMembers: "true" } : {};
  return {
    operation: "GET /search/members/",
    path: "/search/members/",
    query: { query, limit: "20", ...scope },
  };
}

export function memberCardsRoute(idMember: string): SubRequest {
  return {
    operation: "GET /members/{id}/cards",
    path: `/members/${encode(idMember)}/cards`,
    query: { filter: "all", fields: CARD_FIELDS },
  };
}

export function boardCardsRoute(idBoard: string): SubRequest {
  return {
    operation: "GET /boards/{id}/cards/{filter}",
    path: `/boards/${encode(idBoard)}/cards/all`,
    query: { fields: CARD_FIELDS },
  };
}

export const TOKEN_OPERATION = "GET /tokens/{token}";

/**
 * The token is part of the path, because Trello has no other way to ask about it. The name of the operation hides the
 * token.
 */
export function tokenRoute(token: string): SubRequest {
  return {
    operation: TOKEN_OPERATION,
    path: `/tokens/${encode(token)}`,
    query: { fields: "identifier,idMember,dateCreated,dateExpires,permissions" },
  };
}
