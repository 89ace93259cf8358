import { FEED_TYPES } from "../../domain/membership-event.ts";
import type { FeedPlace } from "../../domain/reads.ts";
import { memberProfile } from "../../domain/trello.ts";
import { encode } from "../http/request.ts";
import type { SubRequest } from "./batch.ts";

// The GET requests to Trello. They ask only for fields that this program uses.

const WORKSPACE_FIELDS = "id,name,displayName,idEnterprise,premiumFeatures,products,offering,membersCount";
const SEAT_FIELDS = "billableMemberCount,billableCollaboratorCount,availableLicenseCount";
const CARD_FIELDS = "id,name,idBoard,idMembers,closed";
const BOARD_FIELDS = "id,name,shortLink,closed,idOrganization,prefs";
/**
 * The fields of a member that are requested. Trello shows `aaId` and `dateLastActive` only for some members; to ask for
 * both is harmless.
 */
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

/** The types of Trello actions in which a person is invited or added to a workspace or board. */
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

/**
 * The request for the actions about memberships in the feed of a workspace or board. Trello's feeds contain no
 * removals.
 */
export function membershipActionsRoute(
  { idOrganization, idBoard, idMember }: FeedPlace,
  since: string,
  before?: string,
): SubRequest {
  const limits = { limit: "1000", since, ...(before !== undefined && { before }) };
  if (idMember !== undefined)
    return {
      operation: "GET /members/{id}/actions",
      path: `/members/${encode(idMember)}/actions`,
      query: { filter: "updateMember", ...limits },
    };
  const query = { filter: FEED_TYPES.join(","), ...limits };
  return idBoard === undefined
    ? {
        operation: "GET /organizations/{id}/actions",
        path: `/organizations/${encode(idOrganization)}/actions`,
        query,
      }
    : { operation: "GET /boards/{boardId}/actions", path: `/boards/${encode(idBoard)}/actions`, query };
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
 * The request that reads the token. Trello needs the token in the path. The name of the request is logged, so it does
 * not contain the token.
 */
export function tokenRoute(token: string): SubRequest {
  return {
    operation: TOKEN_OPERATION,
    path: `/tokens/${encode(token)}`,
    query: { fields: "identifier,idMember,dateCreated,dateExpires,permissions" },
  };
}
