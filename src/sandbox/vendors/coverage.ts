import type { Coverage } from "../route.ts";

/**
 * How completely the sandbox emulates the operations of identity providers: lists of users, and the access tokens that
 * a client needs to read these lists.
 */
export const vendorCoverage: Readonly<Record<string, Coverage>> = {
  // For Okta, `partial` means: users can be searched only by status, and not all fields of a profile exist.
  "POST /okta/oauth2/v1/token": "partial",
  "GET /okta/api/v1/users": "partial",
  "GET /okta/api/v1/users/{id}": "absent",
  "GET /okta/api/v1/groups": "absent",
  // For Entra, `partial` means: there is no filter, search or count, and there are only the fields that a roster needs.
  "POST /entra/{tenant}/oauth2/v2.0/token": "partial",
  "GET /entra/v1.0/users": "partial",
  "GET /entra/v1.0/directory/deletedItems/microsoft.graph.user": "partial",
  "GET /entra/v1.0/users/delta": "absent",
  "GET /entra/v1.0/groups": "absent",
  // For Google, `partial` means: the parameter `fields` has no effect, and there is no query.
  "POST /google/token": "partial",
  "GET /google/admin/directory/v1/users": "partial",
  "GET /google/admin/directory/v1/groups": "absent",
  // For OneLogin, `partial` means: the parameter `fields` has no effect.
  "POST /onelogin/auth/oauth2/v2/token": "partial",
  "GET /onelogin/api/2/users": "partial",
  "GET /onelogin/auth/rate_limit": "absent",
  // For the SCIM server of an unnamed vendor, `partial` means: there is no filter.
  "GET /other-scim/Users": "partial",
  "GET /other-scim/Users/{id}": "absent",
  // For the applications with users of their own, `partial` means: at most one filter, one operation in a PATCH, and
  // only a few attributes.
  "GET /applications/{application}/Users": "partial",
  "GET /applications/{application}/Users/{id}": "partial",
  "PATCH /applications/{application}/Users/{id}": "partial",
  "PUT /applications/{application}/Users/{id}": "partial",
  "DELETE /applications/{application}/Users/{id}": "supported",
  "POST /applications/{application}/Users": "absent",
};
