/** Replies and refusals of the organization API, and who may call it. */
import { bearerToken, isObject, Refusal } from "../../route.ts";
import type { JsonObject, RouteContext } from "../../route.ts";
import type { AtlassianAccount, AtlassianWorld } from "../../world.ts";

/** Refuses a request with a list of `errors` (organization API, schema "Errors"). `code` looks like ADMIN-404-2. */
export function refuseOrg(status: number, code: string, title: string, detail = title): never {
  throw new Refusal({
    status,
    body: { errors: [{ id: code.toLowerCase(), status: String(status), code, title, detail }] },
  });
}

/**
 * The organization of a request, found by its API key. 401 if there is no key, or if the key is for another API (schema
 * "ProxyError").
 */
export function organizationOf(context: RouteContext): AtlassianWorld {
  const { atlassian } = context.world;
  requireOrgKey(context);
  if (context.params["orgId"] !== atlassian.idOrg) refuseOrg(404, "ADMIN-404-2", "Organization not found");
  return atlassian;
}

/** Refuses with 401 if the request has no API key of the organization with the needed scope. */
export function requireOrgKey(context: RouteContext): void {
  if (hasOrgKey(context)) return;
  if (context.path.endsWith("/last-active-dates")) refuseOrg(401, "ADMIN-401-2", "Unauthorized");
  // Requests without a right key are refused in two forms. In API version 1, a proxy in front of the API answers; in
  // version 2, the API itself (organization API, responses of 401).
  if (context.path.startsWith("/admin/v2/")) refuseOrg(401, "ADMIN-401-1", "Unauthorized");
  throw new Refusal({ status: 401, body: { code: 401, message: "Unauthorized" } });
}

/**
 * Whether the request has an API key of the organization. A key without the needed scope is refused with a reply that
 * was recorded at Atlassian's product APIs, because the same proxy is in front of the organization API.
 */
export function hasOrgKey(context: RouteContext): boolean {
  const { orgApiKeys, scopedKeys } = context.world.atlassian;
  const token = bearerToken(context) ?? "";
  if (orgApiKeys.has(token)) return true;
  const scopes = scopedKeys?.get(token);
  if (!scopes || scopes.has(scopeOf(context))) return scopes !== undefined;
  throw new Refusal({
    status: 401,
    body: { code: 401, message: "Unauthorized; scope does not match" },
    headers: { "x-failure-category": "FAILURE_CLIENT_SCOPE_CHECK" },
  });
}

/** The scope of an operation: `read:user:admin`, `write:group:admin` and so on (organization API, "oauth2"). */
function scopeOf({ method, path }: RouteContext): string {
  const reads = method === "GET" || /\/(search|count|get-scim-links-for-email)$/.test(path);
  const about = path.includes("/groups") ? "group" : /\/users?(\/|$)/.test(path) ? "user" : "org";
  return `${reads ? "read" : "write"}:${about}:admin`;
}

/** The organization of a request to one of its directories. Some operations accept `-` for all directories. */
export function directoryRequest(
  context: RouteContext,
  { all = false }: { readonly all?: boolean } = {},
): AtlassianWorld {
  const atlassian = organizationOf(context);
  const id = context.params["directoryId"];
  if (id === atlassian.idUserDirectory || (all && id === "-")) return atlassian;
  return refuseOrg(404, "ADMIN-404-3", "Directory not found");
}

/** The account in a request's path. If the directory does not have the account, the request is refused with 404. */
export function accountOf(
  context: RouteContext,
  atlassian: AtlassianWorld,
  code = "ADMIN-404-4",
): AtlassianAccount {
  const id = context.params["accountId"] ?? context.params["userId"] ?? "";
  const account = atlassian.accounts.get(id);
  if (!account || account.membership === "no_membership") refuseOrg(404, code, "User not found");
  return account;
}

/** The JSON body of a search. The body may be missing. */
export function bodyOf(context: RouteContext): JsonObject {
  if (context.body === undefined) return {};
  if (isObject(context.body)) return context.body;
  return refuseOrg(400, "ADMIN-400-2", "The body is not a JSON object");
}

/** A list of texts in a body or a query, with as many entries as the API allows; null if there is no list. */
export function listOf(source: JsonObject, name: string, maximum: number, allowed?: readonly string[]) {
  const value = source[name];
  if (value === undefined) return null;
  const valid =
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= maximum &&
    value.every((each) => typeof each === "string" && (!allowed || allowed.includes(each)));
  if (!valid) refuseOrg(400, "ADMIN-400-2", "Invalid request", `${name} is not a list of 1 to ${maximum}`);
  return value as string[];
}

/** One page of a list from the cursor on, with the links of the schema "LinkPageCursor". */
export function pageOf<T>(all: readonly T[], cursor: unknown, limit: number) {
  const start = cursor === undefined || cursor === null || cursor === "" ? 0 : offsetOf(cursor);
  const end = start + limit;
  return {
    data: all.slice(start, end),
    links: { self: cursorAt(start), ...(end < all.length && { next: cursorAt(end) }) },
  };
}

/** Reads `limit` of a body or a query, from 1 to 100. */
export function limitOf(value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const limit = typeof value === "string" ? Number(value) : value;
  if (typeof limit === "number" && Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit;
  return refuseOrg(400, "ADMIN-400-2", "Invalid request", "limit is not an integer from 1 to 100");
}

function cursorAt(offset: number): string {
  return Buffer.from(`from:${offset}`).toString("base64url");
}

function offsetOf(cursor: unknown): number {
  const text = typeof cursor === "string" ? Buffer.from(cursor, "base64url").toString() : "";
  const offset = /^from:(\d+)$/.exec(text)?.[1];
  return offset === undefined ? refuseOrg(400, "ADMIN-400-1", "Invalid page cursor") : Number(offset);
}
