import type { Coverage } from "../route.ts";

/**
 * For the lists of users at identity providers and the tokens that they need: how far the sandbox emulates each
 * operation.
 */
export const vendorCoverage: Readonly<Record<string, Coverage>> = {
  // Partial: a search by status only, and not all fields of a profile.
  "POST /okta/oauth2/v1/token": "partial",
  "GET /okta/api/v1/users": "partial",
  "GET /okta/api/v1/users/{id}": "absent",
  "GET /okta/api/v1/groups": "absent",
  // Partial: no filter, no search, no count, and the fields that a roster has.
  "POST /entra/{tenant}/oauth2/v2.0/token": "partial",
  "GET /entra/v1.0/users": "partial",
  "GET /entra/v1.0/directory/deletedItems/microsoft.graph.user": "partial",
  "GET /entra/v1.0/users/delta": "absent",
  "GET /entra/v1.0/groups": "absent",
  // Partial: `fields` is not applied, and there is no query.
  "POST /google/token": "partial",
  "GET /google/admin/directory/v1/users": "partial",
  "GET /google/admin/directory/v1/groups": "absent",
  // Partial: `fields` is not applied.
  "POST /onelogin/auth/oauth2/v2/token": "partial",
  "GET /onelogin/api/2/users": "partial",
  "GET /onelogin/auth/rate_limit": "absent",
  // Partial: no filter.
  "GET /other-scim/Users": "partial",
  "GET /other-scim/Users/{id}": "absent",
  // Partial: one filter or none, one PATCH operation, and a few attributes.
  "GET /applications/{application}/Users": "partial",
  "GET /applications/{application}/Users/{id}": "partial",
  "PATCH /applications/{application}/Users/{id}": "partial",
  "PUT /applications/{application}/Users/{id}": "partial",
  "DELETE /applications/{application}/Users/{id}": "supported",
  "POST /applications/{application}/Users": "absent",
};
