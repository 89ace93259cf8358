/** How the organization API shows accounts and searches them. */
import type { AtlassianAccount, AtlassianProduct, AtlassianWorld } from "../../world.ts";
import { scimUserOf } from "../account.ts";
import type { JsonObject } from "../../route.ts";
import { domainOf, stableId } from "../seed.ts";
import { listOf, refuseOrg } from "./reply.ts";

const EXPANDS = ["platformRoles", "counts.resources", "productAccess", "groups"] as const;
type Expand = (typeof EXPANDS)[number];

/** An account in the form "MultiDirectoryUser", with the parts that `expand` asks for. */
export function showUser(
  atlassian: AtlassianWorld,
  account: AtlassianAccount,
  expand: ReadonlySet<string>,
): JsonObject {
  const user = scimUserOf(atlassian, account.id);
  const has = (part: Expand) => expand.has(part);
  const shown: JsonObject = {
    accountId: account.id,
    accountType: account.type ?? "atlassian",
    accountStatus: accountStatusOf(account),
    membershipStatus: account.membership,
    status: statusOf(account),
    claimStatus: account.managed ? "managed" : "unmanaged",
    managementSource: account.sourceUnknown ? null : user ? "synced" : "invited",
    name: account.name,
    nickname: account.name,
    email: account.email,
    emailVerified: account.emailVerified ?? true,
    mfaEnabled: false,
    picture: avatarOf(account),
    avatar: avatarOf(account),
    addedToOrg: account.addedToOrg,
    ...(user?.title && { jobTitle: user.title }),
    ...(user?.department && { department: user.department }),
    ...(has("platformRoles") && { platformRoles: [...account.roles] }),
    ...(has("counts.resources") && { counts: { resources: account.products.length } }),
    ...(has("productAccess") && { productAccess: account.products.map(showProduct(atlassian)) }),
    ...(has("groups") && {
      groups: account.groups.map((name) => ({ ...groupOf(atlassian, name), description: null })),
    }),
    links: { self: Buffer.from(account.id).toString("base64url") },
  };
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !account.hides?.includes(name)));
}

/**
 * The account's own status, which does not depend on the directory. `closed` means that the account cannot be used
 * again.
 */
function accountStatusOf({ status, lifecycle }: AtlassianAccount): "active" | "inactive" | "closed" {
  return lifecycle === "closed" ? "closed" : status;
}

/**
 * The field `status`, computed from the account and its directory membership (organization API, "Search for users").
 */
function statusOf(account: AtlassianAccount): string {
  if (account.lifecycle === "for_deletion") return "for_deletion";
  if (account.status === "inactive") return "deactivated";
  if (account.membership === "suspended") return "suspended";
  return account.membership === "active" ? "active" : "not_invited";
}

/** The accounts that match a search. A search value that Atlassian does not document is refused. */
export function searchUsers(
  atlassian: AtlassianWorld,
  directoryId: string,
  criteria: JsonObject,
): AtlassianAccount[] {
  const texts = (name: string, maximum: number, allowed?: readonly string[]) => {
    const list = listOf(criteria, name, maximum, allowed);
    return list && new Set(list);
  };
  const lower = (list: Set<string> | null) => list && new Set([...list].map((each) => each.toLowerCase()));
  const emails = lower(texts("emails", 100));
  const domains = lower(texts("emailDomains", 10));
  const ids = texts("accountIds", 10);
  const accountStatus = texts("accountStatus", 3, ["active", "inactive", "closed"]);
  const membership = texts("membershipStatus", 3, ["active", "suspended", "no_membership"]);
  const status = texts("status", 4, ["active", "suspended", "not_invited", "deactivated", "for_deletion"]);
  const directories = texts("directoryIds", 10);
  const groups = texts("groupIds", 10);
  const resources = texts("resourceIds", 20);
  const roles = texts("roleIds", 10);
  const term = textOf(criteria, "searchTerm")?.toLowerCase() ?? null;
  const claim = textOf(criteria, "claimStatus", ["managed", "unmanaged"]);
  if (term !== null && emails) {
    refuseOrg(400, "ADMIN-400-2", "Invalid request", "searchTerm and emails are mutually exclusive");
  }
  const all = [...atlassian.accounts.values()];
  // People who belong to no directory are found only by a search in all directories.
  const seen = directoryId === "-" ? all : all.filter((account) => account.membership !== "no_membership");
  return seen.filter(
    (account) =>
      (!emails || emails.has(account.email.toLowerCase())) &&
      (!domains || [...domains].some((domain) => domain.replace(/^@/, "") === domainOf(account.email))) &&
      (!ids || ids.has(account.id)) &&
      (!accountStatus || accountStatus.has(accountStatusOf(account))) &&
      (!membership || membership.has(account.membership)) &&
      (!status || status.has(statusOf(account))) &&
      (claim === null || claim === (account.managed ? "managed" : "unmanaged")) &&
      criteria["mfaEnabled"] !== true &&
      (!directories || directories.has(atlassian.idUserDirectory)) &&
      (!groups || account.groups.some((name) => groups.has(groupOf(atlassian, name).id))) &&
      (!resources || account.products.some((product) => resources.has(resourceOf(atlassian, product.key)))) &&
      (!roles || rolesOf(account).some((role) => roles.has(role))) &&
      (term === null || `${account.name}\n${account.email}`.toLowerCase().includes(term)),
  );
}

/** Reads the parameter `expand`. Only the four values that Atlassian publishes are allowed. */
export function expandOf(body: JsonObject): ReadonlySet<string> {
  return new Set(listOf(body, "expand", EXPANDS.length, EXPANDS));
}

/**
 * Returns id and name of a group. A group from the SCIM directory has the same id in the organization API as in SCIM.
 */
export function groupOf(atlassian: AtlassianWorld, name: string): { id: string; name: string } {
  const synced = [...atlassian.directory.groups.values()].find((group) => group.displayName === name);
  const id = synced?.id ?? stableId("group", name);
  return { id: atlassian.likeExamples ? `ari:cloud:identity::group/${id}` : id, name };
}

/** The Atlassian resource identifier of a product instance. */
export function resourceOf(atlassian: AtlassianWorld, key: string): string {
  return `ari:cloud:${key}::site/${atlassian.idOrg}`;
}

/** A product in the form "MultiDirectoryProductAccess". If it was never used, it has no date. */
function showProduct(atlassian: AtlassianWorld) {
  return (product: AtlassianProduct): JsonObject => ({
    id: resourceOf(atlassian, product.key),
    key: product.key,
    ...(product.lastActive !== null && {
      lastActiveTimestamp: atlassian.likeExamples
        ? product.lastActive.replace(/(\.\d{3})Z$/, "$1000000Z")
        : product.lastActive,
    }),
  });
}

/** The fields that come first in every account in the replies of the older APIs. */
export function accountFields(account: AtlassianAccount): JsonObject {
  return {
    account_id: account.id,
    account_type: account.type ?? "atlassian",
    account_status: accountStatusOf(account),
    name: account.name,
    picture: avatarOf(account),
    email: account.email,
  };
}

/** The address of the account's picture. */
function avatarOf(account: AtlassianAccount): string {
  return `https://avatars.example.com/${encodeURIComponent(account.id)}`;
}

function rolesOf(account: AtlassianAccount): string[] {
  return account.products.length > 0 ? [...account.roles, "atlassian/user"] : account.roles;
}

function textOf(body: JsonObject, name: string, allowed?: readonly string[]): string | null {
  const value = body[name];
  if (value === undefined) return null;
  if (typeof value === "string" && (!allowed || allowed.includes(value))) return value;
  return refuseOrg(400, "ADMIN-400-2", "Invalid request", `${name} is not valid`);
}
