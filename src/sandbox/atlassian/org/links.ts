/** Links between accounts and SCIM users: operations that only client libraries show (jira.js, atlassian-python). */
import { atlassianRoute } from "../../route.ts";
import type { Reply, Route } from "../../route.ts";
import type { AtlassianWorld, ScimUser } from "../../world.ts";
import { primaryEmail, scimUserOf } from "../account.ts";
import { bodyOf, organizationOf, refuseOrg } from "./reply.ts";

const ORG = "/admin/user-provisioning/v1/org/{orgId}";

/** Reading, unlinking and forgetting of SCIM links. */
export const scimLinkRoutes: readonly Route[] = [
  atlassianRoute(`GET ${ORG}/user/{aaId}/get-scim-links`, (context) => {
    const atlassian = organizationOf(context);
    const user = scimUserOf(atlassian, context.params["aaId"] ?? "");
    return showLinks(atlassian, user ? [user] : []);
  }),

  atlassianRoute(`POST ${ORG}/get-scim-links-for-email`, (context) => {
    const atlassian = organizationOf(context);
    const email = bodyOf(context)["email"];
    if (typeof email !== "string")
      return refuseOrg(400, "ADMIN-400-2", "Invalid request", "email is required");
    const wanted = email.toLowerCase();
    const users = [...atlassian.directory.users.values()].filter(
      (user) => primaryEmail(user).toLowerCase() === wanted,
    );
    return showLinks(atlassian, users);
  }),

  atlassianRoute(`PATCH ${ORG}/scimDirectoryId/{dir}/scimUserId/{id}/unlink`, (context) => {
    const { directory } = organizationOf(context);
    const user = directory.users.get(context.params["id"] ?? "");
    if (!user || context.params["dir"] !== directory.id) {
      return refuseOrg(404, "ADMIN-404-6", "SCIM user not found");
    }
    user.idAccount = null;
    return { status: 204 };
  }),

  // The account stays as it is: only the directory's record goes.
  atlassianRoute(`DELETE ${ORG}/user/{aaId}/onlyDeleteUserInDB`, (context) => {
    const atlassian = organizationOf(context);
    const user = scimUserOf(atlassian, context.params["aaId"] ?? "");
    if (!user) return refuseOrg(404, "ADMIN-404-6", "SCIM user not found");
    for (const group of atlassian.directory.groups.values()) {
      group.members = group.members.filter((id) => id !== user.id);
    }
    atlassian.directory.users.delete(user.id);
    return { status: 204 };
  }),
];

function showLinks(atlassian: AtlassianWorld, users: readonly ScimUser[]): Reply {
  const scimLinks = users.map((user) => ({
    orgId: atlassian.idOrg,
    directoryId: atlassian.directory.id,
    scimUserId: user.id,
    ...(user.idAccount !== null && { atlassianAccountId: user.idAccount }),
  }));
  return { status: 200, body: { scimLinks } };
}
