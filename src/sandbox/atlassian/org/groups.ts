/** Groups and directories of the organization API. */
import { atlassianRoute, isObject } from "../../route.ts";
import type { JsonObject, Route, RouteContext } from "../../route.ts";
import type { AtlassianWorld } from "../../world.ts";
import {
  bodyOf,
  directoryRequest,
  limitOf,
  listOf,
  organizationOf,
  pageOf,
  refuseOrg,
  requireOrgKey,
} from "./reply.ts";
import { groupOf } from "./user.ts";

const DIRECTORY = "/admin/v2/orgs/{orgId}/directories/{directoryId}";

/** Operations on groups, directories and the organization itself. */
export const orgGroupRoutes: readonly Route[] = [
  atlassianRoute("GET /admin/v1/orgs", (context) => {
    requireOrgKey(context);
    return { status: 200, body: { data: [showOrganization(context.world.atlassian)], links: {} } };
  }),

  atlassianRoute("GET /admin/v1/orgs/{orgId}", (context) => ({
    status: 200,
    body: { data: showOrganization(organizationOf(context)) },
  })),

  atlassianRoute("GET /admin/v2/orgs/{orgId}/directories", (context) => {
    const atlassian = organizationOf(context);
    const account = context.query.get("accountId");
    const directory = { directoryId: atlassian.idUserDirectory, name: "Primary Directory" };
    const membership = account === null ? "active" : atlassian.accounts.get(account)?.membership;
    const all = membership === undefined || membership === "no_membership" ? [] : [directory];
    return { status: 200, body: pageOf(all, context.query.get("cursor"), 20) };
  }),

  atlassianRoute(`POST ${DIRECTORY}/groups/search`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const body = bodyOf(context);
    const expand = listOf(body, "expand", 2, ["counts.resources", "counts.users"]) ?? [];
    const names = listOf(body, "groupNames", 100);
    const ids = listOf(body, "groupIds", 10);
    const accounts = listOf(body, "accountIds", 10);
    const term = typeof body["searchTerm"] === "string" ? body["searchTerm"].toLowerCase() : "";
    const found = groupsOf(atlassian).filter(
      (group) =>
        (!names || names.includes(group.name)) &&
        (!ids || ids.includes(group.id)) &&
        (!accounts || accounts.some((id) => group.accounts.includes(id))) &&
        group.name.toLowerCase().includes(term),
    );
    const page = pageOf(found, body["cursor"], limitOf(body["limit"], 50));
    return {
      status: 200,
      body: { ...page, data: page.data.map((group) => showGroup(atlassian, group, expand)) },
    };
  }),

  atlassianRoute(`GET ${DIRECTORY}/groups/{groupId}`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const data = showGroup(atlassian, requireGroup(context, atlassian), ["counts.users", "counts.resources"]);
    return { status: 200, body: { data } };
  }),

  atlassianRoute(`POST ${DIRECTORY}/groups/{groupId}/memberships`, (context) => {
    const atlassian = directoryRequest(context);
    const group = requireGroup(context, atlassian);
    refuseSynced(group);
    const id = isObject(context.body) ? context.body["accountId"] : undefined;
    const account = typeof id === "string" ? atlassian.accounts.get(id) : undefined;
    if (!account) return refuseOrg(404, "ADMIN-404-4", "User not found");
    if (account.groups.includes(group.name))
      refuseOrg(409, "ADMIN-409-1", "The user is already in the group");
    account.groups.push(group.name);
    return { status: 204 };
  }),

  atlassianRoute(`DELETE ${DIRECTORY}/groups/{groupId}/memberships/{accountId}`, (context) => {
    const atlassian = directoryRequest(context);
    const group = requireGroup(context, atlassian);
    refuseSynced(group);
    const account = atlassian.accounts.get(context.params["accountId"] ?? "");
    if (!account?.groups.includes(group.name)) return refuseOrg(404, "ADMIN-404-4", "User not found");
    account.groups = account.groups.filter((name) => name !== group.name);
    return { status: 204 };
  }),
];

interface Group {
  readonly id: string;
  readonly name: string;
  /** True if an identity provider made the group. Then only that identity provider may change it. */
  readonly synced: boolean;
  readonly accounts: readonly string[];
}

/** All groups: SCIM groups, and groups that exist only as a name in the accounts of their members. */
function groupsOf(atlassian: AtlassianWorld): Group[] {
  const members = new Map<string, string[]>();
  for (const { displayName } of atlassian.directory.groups.values()) members.set(displayName, []);
  for (const account of atlassian.accounts.values()) {
    for (const name of account.groups) {
      const ids = members.get(name) ?? [];
      ids.push(account.id);
      members.set(name, ids);
    }
  }
  const synced = new Set([...atlassian.directory.groups.values()].map((group) => group.displayName));
  return [...members].map(([name, accounts]) => ({
    ...groupOf(atlassian, name),
    synced: synced.has(name),
    accounts,
  }));
}

function requireGroup(context: RouteContext, atlassian: AtlassianWorld): Group {
  const id = context.params["groupId"];
  const group = groupsOf(atlassian).find((each) => each.id === id);
  return group ?? refuseOrg(404, "ADMIN-404-5", "Group not found");
}

/**
 * Refuses to change a group that comes from an identity provider, as the real API does: "You can't add a user to a
 * group synced from an identity provider" (organization API, "Add user to group").
 */
function refuseSynced(group: Group): void {
  if (group.synced) refuseOrg(400, "ADMIN-400-3", "The group is synced from an identity provider");
}

function showGroup(atlassian: AtlassianWorld, group: Group, expand: readonly string[]): JsonObject {
  const counts = {
    ...(expand.includes("counts.users") && { users: group.accounts.length }),
    ...(expand.includes("counts.resources") && { resources: 0 }),
  };
  return {
    id: group.id,
    name: group.name,
    description: "",
    directoryId: atlassian.idUserDirectory,
    externalSynced: group.synced,
    managedBy: group.synced ? "external" : "admins",
    managementAccess: { readable: true, modifiable: !group.synced, deletable: !group.synced },
    ...(expand.length > 0 && { counts }),
    links: { self: Buffer.from(group.id).toString("base64url") },
  };
}

function showOrganization(atlassian: AtlassianWorld): JsonObject {
  const self = `https://api.atlassian.com/admin/v1/orgs/${atlassian.idOrg}`;
  return {
    id: atlassian.idOrg,
    type: "orgs",
    attributes: { name: "Sandbox organization" },
    relationships: {
      domains: { links: { related: `${self}/domains` } },
      users: { links: { related: `${self}/users` } },
    },
    links: { self },
  };
}
