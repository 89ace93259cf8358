import { z } from "zod";
import {
  enterprise,
  enterpriseAdmin,
  enterpriseMemberRow,
  type EnterpriseMemberRow,
  type EnterpriseWorkspace,
  enterpriseWorkspace,
} from "../../domain/enterprise.ts";
import { type Rows, withUnread } from "../../domain/wire.ts";
import type { EnterpriseQuery, EnterpriseReads } from "../../domain/reads.ts";
import type { EnterpriseWrites } from "../../domain/writes.ts";
import type { Pass } from "../gateway.ts";
import { createMemo } from "../http/memo.ts";
import { assertAnswered, parseJson, parseReply, parseRows } from "../http/parse.ts";
import { encode, type Reply } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

/** `/enterprises/{id}/organizations` returns 100 rows a page. */
const WORKSPACES_A_PAGE = 100;

const MEMBERS = { upstream: "trello", operation: "GET /enterprises/{id}/members/query" } as const;
const ADMINS = { upstream: "trello", operation: "GET /enterprises/{id}/admins" } as const;
const WORKSPACES = { upstream: "trello", operation: "GET /enterprises/{id}/organizations" } as const;

/** Trello Enterprise's reads for one pass. */
export function createEnterpriseReads(
  send: Send,
  upstream: Upstream,
  id: string,
  pass: Pass,
): EnterpriseReads {
  const memo = createMemo();

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    part: string,
    query: Record<string, string>,
  ): Promise<{ readonly value: z.output<Schema>; readonly header: Reply["header"] }> {
    const operation = `GET /enterprises/{id}${part}`;
    const path = `/enterprises/${encode(id)}${part}`;
    const { text, header } = await send(
      upstream,
      { operation, method: "GET", path, query, access: "read" },
      pass,
    );
    const from = { upstream: "trello", operation } as const;
    return { value: parseReply(schema, parseJson(text, from), from), header };
  }

  async function workspaces(): Promise<Rows<EnterpriseWorkspace>> {
    const known = new Map<string, EnterpriseWorkspace>();
    let unread = 0;
    for (let startIndex = 1; ; startIndex += WORKSPACES_A_PAGE) {
      const { value: answered } = await ask(z.array(z.unknown()), "/organizations", {
        fields: "name,displayName",
        startIndex: String(startIndex),
        count: String(WORKSPACES_A_PAGE),
      });
      const { rows, odd } = parseRows(enterpriseWorkspace, answered, WORKSPACES);
      unread += odd;
      const before = known.size;
      for (const row of rows) known.set(row.id, row);
      // A page without new rows is the last page. This happens if Trello ignores the page number: its first page then
      // already contained all rows.
      if (answered.length < WORKSPACES_A_PAGE || known.size === before)
        return withUnread([...known.values()], { unread });
    }
  }

  return {
    id,
    members(wanted) {
      const query = memberQuery(wanted);
      return memo(`members ${JSON.stringify(query)}`, async () => {
        const { value, header } = await ask(memberPage, "/members/query", query);
        const { rows } = parseRows(enterpriseMemberRow, value.rows, MEMBERS);
        return { rows, cursor: value.cursor ?? header("x-trello-cursor") };
      }).then(({ rows, cursor }) => ({
        rows: withUnread(
          rows.filter((row) => fits(row, wanted)),
          rows,
        ),
        cursor,
      }));
    },
    enterprise: () =>
      memo("enterprise", async () => {
        const fields = "name,displayName,isAtlassianOrg,atlOrgId";
        return (await ask(enterprise, "", { fields })).value;
      }),
    admins: () =>
      memo("admins", async () => {
        const fields = "fullName,username";
        const { value } = await ask(z.array(z.unknown()), "/admins", { fields });
        return parseRows(enterpriseAdmin, value, ADMINS).rows;
      }),
    workspaces: () => memo("workspaces", workspaces),
  };
}

/** Trello Enterprise's writes, one request each. */
export function createEnterpriseWrites(
  send: Send,
  upstream: Upstream,
  id: string,
  pass: Pass,
): EnterpriseWrites {
  async function set(idMember: string, what: "deactivated" | "licensed", value: boolean): Promise<void> {
    const operation = `PUT /enterprises/{id}/members/{idMember}/${what}`;
    const { text } = await send(
      upstream,
      {
        operation,
        method: "PUT",
        path: `/enterprises/${encode(id)}/members/${encode(idMember)}/${what}`,
        query: { value: String(value) },
        access: "write",
      },
      pass,
    );
    assertAnswered(text, { upstream: "trello", operation });
  }
  return {
    setDeactivated: (idMember, value) => set(idMember, "deactivated", value),
    setLicensed: (idMember, value) => set(idMember, "licensed", value),
  };
}

const ASSOCIATIONS = ["licensed", "deactivated", "collaborator", "managed", "admin"] as const;
const WORDS = ["search", "cursor", "activeSince", "inactiveSince"] as const;

/**
 * Trello's description says that a cursor is "in the response", but not where. So both the body and a header are read.
 */
const memberPage = z.union([
  z.array(z.unknown()).transform((rows) => ({ rows, cursor: null as string | null })),
  z
    .object({ members: z.array(z.unknown()), cursor: z.string().nullish() })
    .transform(({ members, cursor }) => ({ rows: members, cursor: cursor ?? null })),
]);

/**
 * The query parameters for the members of an enterprise. If all filters are false, no filter is sent, because Trello
 * would answer 400 (TRELLO-1112).
 */
function memberQuery(query: EnterpriseQuery): Record<string, string> {
  const named = ASSOCIATIONS.filter((name) => query[name] !== undefined);
  const sendable = named.some((name) => query[name] === true) ? named : [];
  return Object.fromEntries([
    ...sendable.map((name) => [name, String(query[name])] as const),
    ...WORDS.flatMap((name) => (query[name] ? [[name, query[name]] as const] : [])),
  ]);
}

/** Whether a row matches the query. If the row does not contain a flag, the flag counts as matching. */
function fits(row: EnterpriseMemberRow, query: EnterpriseQuery): boolean {
  return ASSOCIATIONS.every(
    (name) => query[name] === undefined || row[name] === null || row[name] === query[name],
  );
}
