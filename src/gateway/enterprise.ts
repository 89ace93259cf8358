import { z } from "zod";
import type { EnterpriseReads } from "../domain/reads.ts";
import { enterpriseMemberRow } from "../domain/trello.ts";
import type { Pass } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";

const QUERY = { upstream: "trello", operation: "GET /enterprises/{id}/members/query" } as const;

/**
 * The description has a list and a cursor "in the response" without saying where, so both places are read: beside the
 * rows, or in a header.
 */
const page = z.union([
  z.array(enterpriseMemberRow).transform((rows) => ({ rows, cursor: null as string | null })),
  z
    .object({ members: z.array(enterpriseMemberRow), cursor: z.string().nullish() })
    .transform(({ members, cursor }) => ({ rows: members, cursor: cursor ?? null })),
]);

/** Trello Enterprise's reads for one pass. */
export function createEnterpriseReads(
  send: Send,
  upstream: Upstream,
  id: string,
  pass: Pass,
): EnterpriseReads {
  const memo = createMemo();
  return {
    id,
    members({ search, cursor }) {
      // No association is named: with `false` alone Trello answers 400 (TRELLO-1112).
      const query = { ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) };
      return memo(`members ${JSON.stringify(query)}`, async () => {
        const path = `/enterprises/${encode(id)}/members/query`;
        const { operation } = QUERY;
        const reply = await send(upstream, { operation, method: "GET", path, query, effect: "read" }, pass);
        const { rows, cursor: next } = parseReply(page, parseJson(reply.text, QUERY), QUERY);
        return { rows, cursor: next ?? reply.header("x-trello-cursor") };
      });
    },
  };
}
