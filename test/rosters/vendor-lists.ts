import type { VendorName } from "../../src/sandbox/vendors/world.ts";

/** The request with which each vendor's people are read from the sandbox. */
export const LISTS: Readonly<Record<VendorName, string>> = {
  okta: "GET /okta/api/v1/users",
  entra: "GET /entra/v1.0/users",
  google: "GET /google/admin/directory/v1/users",
  onelogin: "GET /onelogin/api/2/users",
  "other-scim": "GET /other-scim/Users",
};
