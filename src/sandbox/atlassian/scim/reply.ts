/** Replies and refusals of the SCIM directory, and who may call it. */
import { randomUUID } from "node:crypto";
import { bearerToken, Refusal } from "../../route.ts";
import type { Reply, RouteContext } from "../../route.ts";
import type { ScimDirectory } from "../../world.ts";

/** Keywords of RFC 7644 table 9. */
export type ScimType =
  | "invalidFilter"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** A page has at most 100 rows, even if `count` is larger (Atlassian support knowledge base). */
export const MAX_COUNT = 100;

/** Makes a reply with the media type `application/scim+json` (RFC 7644 section 3.1). */
export function scim(body: unknown, status = 200): Reply {
  return { status, body, headers: { "content-type": "application/scim+json;charset=utf-8" } };
}

/** Refuses a request with a SCIM error (RFC 7644 section 3.12). */
export function refuseScim(status: number, detail: string, scimType?: ScimType): never {
  const body = { schemas: [ERROR], status: String(status), ...(scimType && { scimType }), detail };
  throw new Refusal(scim(body, status));
}

/**
 * The directory of a request. Refuses the request as Atlassian does (SCIM API, responses). An unknown token gives 401,
 * and the key of the organization API gives 403, both in the form `{error, traceId}`. An unknown directory gives 404 as
 * a SCIM error.
 */
export function directoryOf(context: RouteContext): ScimDirectory {
  const { directory, orgApiKeys } = context.world.atlassian;
  const token = bearerToken(context);
  if (token !== null && orgApiKeys.has(token)) refuseFailure(403, "You are not authorized to call the API.");
  if (token === null) refuseFailure(401, "Missing authorization header.");
  if (!directory.tokens.has(token)) refuseFailure(401, "The token is not valid.");
  if (context.params["directoryId"] !== directory.id) refuseScim(404, "Directory does not exist.");
  return directory;
}

function refuseFailure(status: number, error: string): never {
  throw new Refusal({ status, body: { error, traceId: randomUUID().replaceAll("-", "") } });
}

/** A page of resources (RFC 7644 section 3.4.2.4): `startIndex` counts from 1, `count` is at most 100. */
export function listReply<T>(
  query: URLSearchParams,
  all: readonly T[],
  show: (page: readonly T[]) => unknown[],
): Reply {
  const startIndex = Math.max(1, integerOf(query, "startIndex") ?? 1);
  const count = Math.min(MAX_COUNT, Math.max(0, integerOf(query, "count") ?? MAX_COUNT));
  const page = all.slice(startIndex - 1, startIndex - 1 + count);
  return scim({
    schemas: [LIST],
    totalResults: all.length,
    startIndex,
    itemsPerPage: page.length,
    Resources: show(page),
  });
}

function integerOf(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (value === null) return null;
  if (!/^-?\d{1,9}$/.test(value)) refuseScim(400, `${name} is not an integer`, "invalidValue");
  return Number(value);
}
