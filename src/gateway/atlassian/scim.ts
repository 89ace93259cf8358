import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { Json } from "../../domain/json.ts";
import type { ScimGroupPage, ScimPage, ScimReads } from "../../domain/reads.ts";
import {
  ENTERPRISE_SCHEMA,
  GROUP_SCHEMA,
  PATCH_SCHEMA,
  scimGroup,
  scimGroupList,
  type ScimGroupResource,
  type ScimPatchOperation,
  scimUser,
  scimUserList,
  type ScimUserResource,
  USER_SCHEMA,
} from "../../domain/scim.ts";
import { type Rows, withUnread } from "../../domain/wire.ts";
import type { ScimWrites } from "../../domain/writes.ts";
import type { Pass } from "../gateway.ts";
import { createMemo } from "../http/memo.ts";
import { assertAnswered, assertSameId, parseJson, parseReply } from "../http/parse.ts";
import { encode, type UpstreamRequest } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

/** The functions that read the SCIM directory, for one tool call or run. */
export function createScimReads(send: Send, upstream: Upstream, pass: Pass): ScimReads {
  const memo = createMemo();

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    operation: string,
    path: string,
    query: Record<string, string> = {},
  ): Promise<z.output<Schema>> {
    const { text } = await send(upstream, { operation, method: "GET", path, query, access: "read" }, pass);
    const from = { upstream: "scim", operation } as const;
    return parseReply(schema, parseJson(text, from), from);
  }

  async function one<Schema extends z.ZodType<{ readonly id: string }>>(
    schema: Schema,
    type: "Users" | "Groups",
    id: string,
  ): Promise<z.output<Schema>> {
    const operation = `GET /${type}/{id}`;
    return assertSameId(await ask(schema, operation, `/${type}/${encode(id)}`), id, {
      upstream: "scim",
      operation,
    });
  }

  const users = (page: ScimPage) => ask(scimUserList, "GET /Users", "/Users", scimQuery(page));
  const groups = (page: ScimGroupPage) => ask(scimGroupList, "GET /Groups", "/Groups", scimQuery(page));

  return {
    users: (page) => memo(`users ${JSON.stringify(scimQuery(page))}`, () => users(page)),
    user: (id) => memo(`user ${id}`, () => one(scimUser, "Users", id)),
    userPages: (filter, from) => scimPages((range) => users(filter ? { ...range, filter } : range), from),
    groups: (page) => memo(`groups ${JSON.stringify(scimQuery(page))}`, () => groups(page)),
    group: (id) => memo(`group ${id}`, () => one(scimGroup, "Groups", id)),
    groupPages: () => scimPages(groups),
  };
}

/** Atlassian returns at most 100 rows a page (support knowledge base, SCIM user limits). */
const LARGEST_PAGE = 100;

/** The query of a request for a list (RFC 7644 section 3.4.2). The value in a filter is written like a JSON string. */
function scimQuery({ filter, startIndex, count }: ScimPage | ScimGroupPage): Record<string, string> {
  return {
    ...(filter ? { filter: `${filter.attribute} eq ${JSON.stringify(filter.value)}` } : {}),
    ...(startIndex === undefined ? {} : { startIndex: String(Math.max(1, startIndex)) }),
    ...(count === undefined ? {} : { count: String(Math.min(LARGEST_PAGE, Math.max(1, count))) }),
  };
}

interface List<Row> {
  readonly totalResults: number;
  readonly Resources: readonly Row[];
  readonly answered: number;
  readonly unread: number;
}

/**
 * Reads all rows of a list, page by page (RFC 7644 section 3.4.2.4). A server may return fewer rows than the request
 * asks for. So the next page begins after the last row that was received.
 */
async function* scimPages<Row extends { readonly id: string }>(
  ask: (range: { readonly startIndex: number; readonly count: number }) => Promise<List<Row>>,
  from = 1,
): AsyncGenerator<Rows<Row>> {
  let first: string | undefined;
  for (let startIndex = from; ; ) {
    const { totalResults, Resources, answered, unread } = await ask({ startIndex, count: LARGEST_PAGE });
    // A server that ignores `startIndex` sends the same rows again and again. So the reading ends if a page begins with
    // the same row as the page before.
    if (answered === 0 || (first !== undefined && Resources[0]?.id === first)) return;
    first = Resources[0]?.id;
    yield withUnread(Resources, { unread });
    startIndex += answered;
    // Some servers send the number of rows on the page as the total. So after a full page, the next page is read too,
    // even if this total is reached.
    if (startIndex > totalResults && !(answered === LARGEST_PAGE && totalResults <= answered)) return;
  }
}

const created = z.object({ id: z.string() });

/** The write requests to the SCIM directory. Each function sends one request (RFC 7644 sections 3.3, 3.5 and 3.6). */
export function createScimWrites(send: Send, upstream: Upstream, pass: Pass): ScimWrites {
  async function write(request: Omit<UpstreamRequest, "access">): Promise<string | null> {
    const { text } = await send(upstream, { ...request, access: "write" }, pass);
    if (text !== "") assertAnswered(text, { upstream: "scim", operation: request.operation });
    return text;
  }
  const resources = (type: "Users" | "Groups") => ({
    async create(body: JsonObject) {
      const operation = `POST /${type}`;
      return createdId(await write({ operation, method: "POST", path: `/${type}`, body }), operation);
    },
    async change(method: "PUT" | "PATCH", id: string, body: JsonObject) {
      await write({ operation: `${method} /${type}/{id}`, method, path: `/${type}/${encode(id)}`, body });
    },
    async remove(id: string) {
      const method = "DELETE";
      await write({ operation: `DELETE /${type}/{id}`, method, path: `/${type}/${encode(id)}` });
    },
  });
  const users = resources("Users");
  const groups = resources("Groups");

  return {
    createUser: (resource) => users.create(userBody(resource)),
    replaceUser: (id, resource) => users.change("PUT", id, userBody(resource)),
    patchUser: (id, operations) => users.change("PATCH", id, patchBody(operations)),
    deleteUser: (id) => users.remove(id),
    createGroup: (resource) => groups.create(groupBody(resource)),
    replaceGroup: (id, resource) => groups.change("PUT", id, groupBody(resource)),
    patchGroup: (id, operations) => groups.change("PATCH", id, patchBody(operations)),
    deleteGroup: (id) => groups.remove(id),
  };
}

/**
 * Reads the id of the new User or Group from a reply. If the reply cannot be read, the error says that the User or
 * Group may have been created.
 */
function createdId(text: string | null, operation: string): { readonly id: string } {
  const from = { upstream: "scim", operation } as const;
  try {
    return parseReply(created, parseJson(text, from), from);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError(thrown.code, thrown.message, {
      next: "Search for the new one by its name.",
      // If the text is null, the directory sent a success status, but its reply was cut off. So the User or Group was
      // created. Any other reply that cannot be read may come from another server, so the outcome is unknown.
      applied: text === null ? "yes" : "unknown",
      retry: "reconcile",
      details: thrown.details,
    });
  }
}

export type JsonObject = { readonly [key: string]: Json };

/**
 * A User in the form that POST and PUT need. Department and organization belong to the enterprise extension (RFC 7643
 * section 4.3).
 */
function userBody({ department, organization, ...core }: ScimUserResource): JsonObject {
  const extension = {
    ...(department === undefined ? {} : { department }),
    ...(organization === undefined ? {} : { organization }),
  };
  const extended = Object.keys(extension).length > 0;
  return {
    schemas: extended ? [USER_SCHEMA, ENTERPRISE_SCHEMA] : [USER_SCHEMA],
    ...core,
    ...(extended ? { [ENTERPRISE_SCHEMA]: extension } : {}),
  };
}

/** A Group in the form that POST and PUT need. */
function groupBody({ displayName, members }: ScimGroupResource): JsonObject {
  return { schemas: [GROUP_SCHEMA], displayName, members: members.map((value) => ({ value })) };
}

/**
 * The body of a PATCH. The key `Operations` has a capital letter, as in RFC 7644 and in Atlassian's example.
 * Atlassian's schema has a small letter.
 */
function patchBody(operations: readonly ScimPatchOperation[]): JsonObject {
  return { schemas: [PATCH_SCHEMA], Operations: operations as unknown as Json };
}
