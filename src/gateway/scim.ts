import type { z } from "zod";
import type { ScimGroupPage, ScimPage, ScimReads } from "../domain/reads.ts";
import { scimGroup, scimGroupList, scimUser, scimUserList } from "../domain/scim.ts";
import type { Pass } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { parseJson, parseReply } from "./parse.ts";
import { scimPages, scimQuery } from "./scim-pages.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";

/** The SCIM directory's reads for one pass. */
export function createScimReads(send: Send, upstream: Upstream, pass: Pass): ScimReads {
  const memo = createMemo();

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    operation: string,
    path: string,
    query: Record<string, string> = {},
  ): Promise<z.output<Schema>> {
    const { text } = await send(upstream, { operation, method: "GET", path, query, effect: "read" }, pass);
    const from = { upstream: "scim", operation } as const;
    return parseReply(schema, parseJson(text, from), from);
  }

  const users = (page: ScimPage) => ask(scimUserList, "GET /Users", "/Users", scimQuery(page));
  const groups = (page: ScimGroupPage) => ask(scimGroupList, "GET /Groups", "/Groups", scimQuery(page));

  return {
    users: (page) => memo(`users ${JSON.stringify(scimQuery(page))}`, () => users(page)),
    user: (id) => memo(`user ${id}`, () => ask(scimUser, "GET /Users/{id}", `/Users/${encode(id)}`)),
    userPages: (filter, from) => scimPages((range) => users(filter ? { ...range, filter } : range), from),
    groups: (page) => memo(`groups ${JSON.stringify(scimQuery(page))}`, () => groups(page)),
    group: (id) => memo(`group ${id}`, () => ask(scimGroup, "GET /Groups/{id}", `/Groups/${encode(id)}`)),
    groupPages: () => scimPages(groups),
  };
}
