import type { Coverage } from "../route.ts";

/**
 * For each Trello operation about identities: how completely the sandbox emulates it. "Partial" means: the answer is
 * right, but some parameters or fields are missing.
 */
export const trelloCoverage: Readonly<Record<string, Coverage>> = {
  "GET /batch": "supported",
  // Workspaces
  "GET /organizations/{id}": "partial",
  "PUT /organizations/{id}": "partial",
  "GET /organizations/{id}/members": "partial",
  "GET /organizations/{id}/membersInvited": "supported",
  "GET /organizations/{id}/memberships": "supported",
  "GET /organizations/{id}/memberships/{idMembership}": "supported",
  "PUT /organizations/{id}/memberships/{idMembership}": "supported",
  "PUT /organizations/{id}/members": "supported",
  "PUT /organizations/{id}/members/{idMember}": "supported",
  "DELETE /organizations/{id}/members/{idMember}": "supported",
  "DELETE /organizations/{id}/members/{idMember}/all": "supported",
  "PUT /organizations/{id}/members/{idMember}/deactivated": "supported",
  "GET /organizations/{id}/boards": "partial",
  "GET /organizations/{id}/newBillableGuests/{idBoard}": "partial",
  "GET /organizations/{id}/actions": "partial",
  "DELETE /organizations/{id}/prefs/orgInviteRestrict": "absent",
  "DELETE /organizations/{id}/prefs/associatedDomain": "absent",
  // Boards and cards
  "GET /boards/{id}": "partial",
  "GET /boards/{id}/members": "partial",
  "GET /boards/{id}/memberships": "partial",
  "PUT /boards/{id}/members": "supported",
  "PUT /boards/{id}/members/{idMember}": "supported",
  "DELETE /boards/{id}/members/{idMember}": "supported",
  "PUT /boards/{id}/memberships/{idMembership}": "supported",
  "GET /boards/{id}/cards": "partial",
  "GET /boards/{id}/cards/{filter}": "partial",
  "GET /boards/{boardId}/actions": "partial",
  "GET /actions/{id}": "partial",
  "GET /cards/{id}": "partial",
  "PUT /cards/{id}": "partial",
  "POST /cards/{id}/idMembers": "supported",
  "DELETE /cards/{id}/idMembers/{idMember}": "supported",
  // Members, search
  "GET /members/{id}": "partial",
  "PUT /members/{id}": "partial",
  "GET /members/{id}/boards": "partial",
  "GET /members/{id}/organizations": "partial",
  "GET /members/{id}/boardsInvited": "supported",
  "GET /members/{id}/organizationsInvited": "supported",
  "GET /members/{id}/cards": "partial",
  "GET /members/{id}/actions": "partial",
  "GET /members/{id}/tokens": "absent",
  "GET /search/members/": "supported",
  // Tokens and webhooks
  "GET /tokens/{token}": "partial",
  "GET /tokens/{token}/member": "supported",
  "DELETE /tokens/{token}/": "supported",
  "GET /tokens/{token}/webhooks": "supported",
  "POST /tokens/{token}/webhooks": "absent",
  "GET /tokens/{token}/webhooks/{idWebhook}": "absent",
  "PUT /tokens/{token}/webhooks/{idWebhook}": "absent",
  "DELETE /tokens/{token}/webhooks/{idWebhook}": "absent",
  "POST /webhooks/": "supported",
  "GET /webhooks/{id}": "supported",
  "PUT /webhooks/{id}": "supported",
  "DELETE /webhooks/{id}": "supported",
  "GET /webhooks/{id}/{field}": "absent",
  // Enterprises
  "GET /enterprises/{id}": "partial",
  "GET /enterprises/{id}/members/query": "supported",
  "GET /enterprises/{id}/members": "partial",
  "GET /enterprises/{id}/members/{idMember}": "partial",
  "DELETE /enterprises/{id}/members/{idMember}": "absent",
  "GET /enterprises/{id}/admins": "supported",
  "PUT /enterprises/{id}/admins/{idMember}": "supported",
  "DELETE /enterprises/{id}/admins/{idMember}": "supported",
  "PUT /enterprises/{id}/members/{idMember}/deactivated": "supported",
  "PUT /enterprises/{id}/members/{idMember}/licensed": "supported",
  "GET /enterprises/{id}/organizations": "partial",
  "PUT /enterprises/{id}/organizations": "absent",
  "DELETE /enterprises/{id}/organizations/{idOrg}": "absent",
  "GET /enterprises/{id}/organizations/bulk/{idOrganizations}": "absent",
  "GET /enterprises/{id}/pendingOrganizations": "absent",
  "GET /enterprises/{id}/claimableOrganizations": "absent",
  "GET /enterprises/{id}/transferrable/organization/{idOrganization}": "absent",
  "GET /enterprises/{id}/transferrable/bulk/{idOrganizations}": "absent",
  "PUT /enterprises/{id}/enterpriseJoinRequest/bulk": "absent",
  "GET /enterprises/{id}/auditlog": "absent",
  "GET /enterprises/{id}/signupUrl": "absent",
  "POST /enterprises/{id}/tokens": "absent",
};

/**
 * Trello's OAuth 1.0, which Trello's API description does not contain
 * (developer.atlassian.com/cloud/trello/guides/rest-api/authorization, "Using Basic OAuth"). "Partial" means:
 * parameters are read only from the Authorization header, and no person signs in.
 */
export const oauthCoverage: Readonly<Record<string, Coverage>> = {
  "GET /OAuthGetRequestToken": "partial",
  "POST /OAuthGetRequestToken": "partial",
  "GET /OAuthAuthorizeToken": "partial",
  "POST /OAuthAuthorizeToken": "partial",
  "GET /OAuthGetAccessToken": "partial",
  "POST /OAuthGetAccessToken": "partial",
};
