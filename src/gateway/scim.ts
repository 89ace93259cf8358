import type { Json } from "../domain/json.ts";
import type { ScimPage, ScimReads } from "../domain/reads.ts";
import { PATCH_SCHEMA, scimUser, scimUserList } from "../domain/scim.ts";
import type { Pass, ScimWrites } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";

/** Atlassian answers no more at once (support knowledge base, SCIM user limits). */
const LARGEST_PAGE = 100;

const USERS = { upstream: "scim", operation: "GET /Users" } as const;
const USER = { upstream: "scim", operation: "GET /Users/{id}" } as const;

/** The query of a list request (RFC 7644 section 3.4.2); a filter's value is a JSON string. */
function scimQuery({ filter, startIndex, count }: ScimPage): Record<string, string> {
  return {
    ...(filter ? { filter: `${filter.attribute} eq ${JSON.stringify(filter.value)}` } : {}),
    ...(startIndex === undefined ? {} : { startIndex: String(Math.max(1, startIndex)) }),
    ...(count === undefined ? {} : { count: String(Math.min(LARGEST_PAGE, Math.max(1, count))) }),
  };
}

/** The SCIM directory's reads for one pass. */
export function createScimReads(send: Send, upstream: Upstream, pass: Pass): ScimReads {
  const memo = createMemo();
  return {
    users(page) {
      const query = scimQuery(page);
      return memo(`users ${JSON.stringify(query)}`, async () => {
        const { operation } = USERS;
        const { text } = await send(
          upstream,
          { operation, method: "GET", path: "/Users", query, effect: "read" },
          pass,
        );
        return parseReply(scimUserList, parseJson(text, USERS), USERS);
      });
    },
    user: (id) =>
      memo(`user ${id}`, async () => {
        const { operation } = USER;
        const path = `/Users/${encode(id)}`;
        const { text } = await send(upstream, { operation, method: "GET", path, effect: "read" }, pass);
        return parseReply(scimUser, parseJson(text, USER), USER);
      }),
  };
}

/** The SCIM directory's writes, one request each. */
export function createScimWrites(send: Send, upstream: Upstream, pass: Pass): ScimWrites {
  return {
    async patchUser(id, operations) {
      await send(
        upstream,
        {
          operation: "PATCH /Users/{id}",
          method: "PATCH",
          path: `/Users/${encode(id)}`,
          // `Operations` as in RFC 7644; Atlassian's own schema has it in lower case and its example does not.
          body: { schemas: [PATCH_SCHEMA], Operations: operations as unknown as Json },
          effect: "write",
        },
        pass,
      );
    },
  };
}
