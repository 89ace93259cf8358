/**
 * Requests about the links between accounts and SCIM Users. Atlassian does not document these requests, but client
 * libraries use them (jira.js, atlassian-python).
 */
import { atlassianRoute } from "../../route.ts";
import type { Reply, Route } from "../../route.ts";
import type { AtlassianWorld, ScimDirectory, ScimUser } from "../../world.ts";
import { primaryEmail } from "../account.ts";
import { bodyOf, organizationOf, refuseOrg } from "./reply.ts";

const ORG = "/admin/user-provisioning/v1/org/{orgId}";

/** Reading, cutting and deleting SCIM links. */
export const scimLinkRoutes: readonly Route[] = [
  atlassianRoute(`GET ${ORG}/user/{aaId}/get-scim-links`, (context) => {
    const atlassian = organizationOf(context);
    return showLinks(atlassian, (user) => user.idAccount === context.params["aaId"]);
  }),

  atlassianRoute(`POST ${ORG}/get-scim-links-for-email`, (context) => {
    const atlassian = organizationOf(context);
    const email = bodyOf(context)["email"];
    if (typeof email !== "string")
      return refuseOrg(400, "ADMIN-400-2", "Invalid request", "email is required");
    const wanted = email.toLowerCase();
    return showLinks(atlassian, (user) => primaryEmail(user).toLowerCase() === wanted);
  }),

  atlassianRoute(`PATCH ${ORG}/scimDirectoryId/{dir}/scimUserId/{id}/unlink`, (context) => {
    const directory = directoriesOf(organizationOf(context)).find(({ id }) => id === context.params["dir"]);
    const user = directory?.users.get(context.params["id"] ?? "");
    if (!user) return refuseOrg(404, "ADMIN-404-6", "SCIM user not found");
    user.idAccount = null;
    return { status: 204 };
  }),

  // Deletes only the links between the account and its Users, in every directory. The account itself does not change.
  atlassianRoute(`DELETE ${ORG}/user/{aaId}/onlyDeleteUserInDB`, (context) => {
    const atlassian = organizationOf(context);
    const idAccount = context.params["aaId"] ?? "";
    const records = linksTo(atlassian, (user) => user.idAccount === idAccount);
    if (records.length === 0) return refuseOrg(404, "ADMIN-404-6", "SCIM user not found");
    if (!atlassian.accounts.get(idAccount)?.managed) {
      return refuseOrg(403, "ADMIN-403-2", "The account is not managed by the organization");
    }
    for (const { directory, user } of records) {
      for (const group of directory.groups.values()) {
        group.members = group.members.filter((id) => id !== user.id);
      }
      directory.users.delete(user.id);
    }
    return { status: 204 };
  }),
];

function directoriesOf({ directory, otherDirectories = [] }: AtlassianWorld): readonly ScimDirectory[] {
  return [directory, ...otherDirectories];
}

/** All Users in all directories that belong to an account. One account may have several Users. */
function linksTo(atlassian: AtlassianWorld, is: (user: ScimUser) => boolean) {
  return directoriesOf(atlassian).flatMap((directory) =>
    [...directory.users.values()].filter(is).map((user) => ({ directory, user })),
  );
}

function showLinks(atlassian: AtlassianWorld, is: (user: ScimUser) => boolean): Reply {
  const scimLinks = linksTo(atlassian, is).map(({ directory, user }) => ({
    orgId: atlassian.idOrg,
    directoryId: directory.id,
    scimUserId: user.id,
    ...(user.idAccount !== null && { atlassianAccountId: user.idAccount }),
  }));
  return { status: 200, body: { scimLinks } };
}
