/**
 * Emulates the part of the organization API that is about users: search, details, access to products, suspend, restore,
 * remove.
 */
import { atlassianRoute } from "../../route.ts";
import type { JsonObject, Route, RouteContext } from "../../route.ts";
import type { AtlassianAccount } from "../../world.ts";
import { settleProducts } from "../account.ts";
import { accountOf, bodyOf, directoryRequest, limitOf, organizationOf, pageOf } from "./reply.ts";
import { accountFields, expandOf, resourceOf, searchUsers, showUser } from "./user.ts";

const V1 = "/admin/v1/orgs/{orgId}";
const DIRECTORY = "/admin/v2/orgs/{orgId}/directories/{directoryId}";
const NOTHING: ReadonlySet<string> = new Set();

/** Operations on people (organization API, "Users" and "Directory"). */
export const orgUserRoutes: readonly Route[] = [
  atlassianRoute(`POST ${DIRECTORY}/users/search`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const body = bodyOf(context);
    const expand = expandOf(body);
    const found = sorted(searchUsers(atlassian, context.params["directoryId"] ?? "", body), body["sortBy"]);
    const page = pageOf(found, body["cursor"], limitOf(body["limit"], 50));
    const data = page.data.map((account) => showUser(atlassian, account, expand));
    return { status: 200, body: { ...page, data } };
  }),

  atlassianRoute(`GET ${DIRECTORY}/users`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const found = searchUsers(atlassian, context.params["directoryId"] ?? "", criteriaOf(context));
    const page = pageOf(found, context.query.get("cursor"), limitOf(context.query.get("limit"), 20));
    const data = page.data.map((account) => showUser(atlassian, account, NOTHING));
    return { status: 200, body: { ...page, data } };
  }),

  atlassianRoute(`GET ${DIRECTORY}/users/count`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const found = searchUsers(atlassian, context.params["directoryId"] ?? "", criteriaOf(context));
    return { status: 200, body: { count: found.length } };
  }),

  atlassianRoute(`GET ${DIRECTORY}/users/{userId}`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const account = accountOf(context, atlassian);
    const { links: _links, ...data } = showUser(
      atlassian,
      account,
      new Set(["platformRoles", "counts.resources"]),
    );
    return { status: 200, body: { data } };
  }),

  atlassianRoute(`GET ${DIRECTORY}/users/{accountId}/role-assignments`, (context) => {
    const atlassian = directoryRequest(context, { all: true });
    const account = accountOf(context, atlassian);
    const assignments = account.products.map((product) => ({
      directoryId: atlassian.idUserDirectory,
      userDirectoryStatus: account.membership,
      resourceId: resourceOf(atlassian, product.key),
      resourceOwner: product.key,
      roles: ["atlassian/user"],
      roleAssignments: [{ role: "atlassian/user", roleAssignmentMethods: ["direct"] }],
    }));
    const { query } = context;
    return { status: 200, body: pageOf(assignments, query.get("cursor"), limitOf(query.get("limit"), 20)) };
  }),

  membershipRoute(`POST ${DIRECTORY}/users/{accountId}/suspend`, (account) => {
    account.membership = "suspended";
  }),

  membershipRoute(`POST ${DIRECTORY}/users/{accountId}/restore`, (account) => {
    account.membership = "active";
  }),

  // Removes the person's roles and groups too, as the real API does. Its documentation says about adding the person
  // again: "You'll need to assign their roles and group memberships again."
  membershipRoute(`DELETE ${DIRECTORY}/users/{accountId}`, (account) => {
    account.membership = "no_membership";
    account.products = [];
    account.withheldProducts = [];
    account.groups = [];
    account.roles = [];
  }),

  atlassianRoute(`GET ${V1}/users`, (context) => {
    const atlassian = organizationOf(context);
    const managed = [...atlassian.accounts.values()].filter((account) => account.managed);
    const page = pageOf(managed, context.query.get("cursor"), 100);
    return {
      status: 200,
      body: { data: page.data.map(showManaged), links: page.links, meta: { total: managed.length } },
    };
  }),

  atlassianRoute(`GET ${V1}/directory/users/{accountId}/last-active-dates`, (context) => {
    const atlassian = organizationOf(context);
    const account = accountOf(context, atlassian, "ADMIN-404-8");
    const used = account.products.filter((product) => product.lastActive !== null);
    const data = {
      ...addedToOrg(account),
      product_access: used.map((product) => ({
        id: resourceOf(atlassian, product.key),
        key: product.key,
        last_active: product.lastActive?.slice(0, 10),
        last_active_timestamp: product.lastActive,
      })),
    };
    return { status: 200, body: { data, links: {} } };
  }),
];

/**
 * The date on which the account was added, in the form for replies. For some accounts, the reply shows null or leaves
 * the field out.
 */
function addedToOrg({ addedTold, addedToOrg: at }: AtlassianAccount): JsonObject {
  if (addedTold === "absent") return {};
  if (addedTold === "null") return { added_to_org: null, added_to_org_timestamp: null };
  return { added_to_org: at.slice(0, 10), added_to_org_timestamp: at };
}

/**
 * Changes a person's membership in the directory, and with it the person's products. A second call changes nothing
 * more.
 */
function membershipRoute(name: string, change: (account: AtlassianAccount) => void): Route {
  return atlassianRoute(name, (context) => {
    // Refuses `-` (all directories). To suspend, restore or remove a person, the request must contain the id of one
    // directory, as the API description says.
    const atlassian = directoryRequest(context);
    const account = accountOf(context, atlassian);
    change(account);
    settleProducts(account);
    return { status: 204 };
  });
}

/** An account as API version 1 shows it, with the names of its products. Version 2 does not show these names. */
function showManaged(account: AtlassianAccount): JsonObject {
  const lastActive = account.products
    .map((product) => product.lastActive ?? "")
    .sort()
    .at(-1);
  return {
    ...accountFields(account),
    access_billable: account.products.length > 0,
    ...(lastActive && { last_active: lastActive }),
    product_access: account.products.map((product) => ({
      key: product.key,
      name: product.name,
      ...(product.lastActive !== null && { last_active: product.lastActive }),
    })),
    links: { self: `https://api.atlassian.com/users/${account.id}` },
  };
}

/**
 * Turns the query parameters of a request into the form of a search body. A list can be one parameter with commas, or
 * several parameters with the same name.
 */
function criteriaOf(context: RouteContext): JsonObject {
  const criteria: JsonObject = {};
  for (const name of new Set(context.query.keys())) {
    if (name === "searchTerm" || name === "claimStatus") criteria[name] = context.query.get(name);
    else if (name === "mfaEnabled") criteria[name] = context.query.get(name) === "true";
    else if (name !== "emails")
      criteria[name] = context.query.getAll(name).flatMap((value) => value.split(","));
  }
  return criteria;
}

function sorted(accounts: AtlassianAccount[], sortBy: unknown): AtlassianAccount[] {
  if (!Array.isArray(sortBy)) return accounts;
  const direction = (sortBy[0] as { direction?: unknown } | undefined)?.direction === "desc" ? -1 : 1;
  return [...accounts].sort((a, b) => direction * a.name.localeCompare(b.name));
}
