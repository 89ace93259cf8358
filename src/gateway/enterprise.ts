import { z } from "zod";
import {
  enterprise,
  enterpriseAdmin,
  type EnterpriseWorkspace,
  enterpriseWorkspace,
} from "../domain/enterprise.ts";
import type { EnterpriseReads } from "../domain/reads.ts";
import type { EnterpriseWrites } from "../domain/writes.ts";
import { fits, memberPage, memberQuery } from "./enterprise-members.ts";
import type { Pass } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode, type Reply, type Upstream } from "./upstream.ts";

/** What `/enterprises/{id}/organizations` gives at once. */
const WORKSPACES_A_PAGE = 100;

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
      { operation, method: "GET", path, query, effect: "read" },
      pass,
    );
    const from = { upstream: "trello", operation } as const;
    return { value: parseReply(schema, parseJson(text, from), from), header };
  }

  async function workspaces(): Promise<readonly EnterpriseWorkspace[]> {
    const known = new Map<string, EnterpriseWorkspace>();
    for (let startIndex = 1; ; startIndex += WORKSPACES_A_PAGE) {
      const { value: rows } = await ask(z.array(enterpriseWorkspace), "/organizations", {
        fields: "name,displayName",
        startIndex: String(startIndex),
        count: String(WORKSPACES_A_PAGE),
      });
      const before = known.size;
      for (const row of rows) known.set(row.id, row);
      // A page that brings nothing new ends it as well: then paging is not minded, and this was all.
      if (rows.length < WORKSPACES_A_PAGE || known.size === before) return [...known.values()];
    }
  }

  return {
    id,
    members(wanted) {
      const query = memberQuery(wanted);
      return memo(`members ${JSON.stringify(query)}`, async () => {
        const { value, header } = await ask(memberPage, "/members/query", query);
        return { rows: value.rows, cursor: value.cursor ?? header("x-trello-cursor") };
      }).then(({ rows, cursor }) => ({ rows: rows.filter((row) => fits(row, wanted)), cursor }));
    },
    enterprise: () =>
      memo("enterprise", async () => {
        const fields = "name,displayName,isAtlassianOrg,atlOrgId";
        return (await ask(enterprise, "", { fields })).value;
      }),
    admins: () =>
      memo("admins", async () => {
        const fields = "fullName,username";
        return (await ask(z.array(enterpriseAdmin), "/admins", { fields })).value;
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
    await send(
      upstream,
      {
        operation: `PUT /enterprises/{id}/members/{idMember}/${what}`,
        method: "PUT",
        path: `/enterprises/${encode(id)}/members/${encode(idMember)}/${what}`,
        query: { value: String(value) },
        effect: "write",
      },
      pass,
    );
  }
  return {
    setDeactivated: (idMember, value) => set(idMember, "deactivated", value),
    setLicensed: (idMember, value) => set(idMember, "licensed", value),
  };
}
