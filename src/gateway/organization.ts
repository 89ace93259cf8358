import type { AtlassianAccount } from "../domain/atlassian.ts";
import type { OrganizationReads } from "../domain/reads.ts";
import type { Json } from "../domain/json.ts";
import type { Pass } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { accountOf, EXPAND, searchPage } from "./organization-account.ts";
import type { Directory } from "./organization-directory.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";
import { askControl } from "./user-management.ts";

const SEARCH = {
  upstream: "organization",
  operation: "POST /v2/orgs/{orgId}/directories/{directoryId}/users/search",
} as const;

/** The organization as the gateway reaches it: the admin API and user management share host and key. */
export interface Organization {
  readonly orgId: string;
  readonly upstream: Upstream;
  readonly directory: Directory;
}

/** The organization API's reads for one pass; `-` in the path means every directory of the organization. */
export function createOrganizationReads(
  send: Send,
  { orgId, upstream, directory }: Organization,
  pass: Pass,
): OrganizationReads {
  const memo = createMemo();

  async function search(criteria: { readonly [key: string]: Json }): Promise<AtlassianAccount[]> {
    const { text } = await send(
      upstream,
      {
        operation: SEARCH.operation,
        method: "POST",
        path: `/admin/v2/orgs/${encode(orgId)}/directories/-/users/search`,
        body: { ...criteria, expand: [...EXPAND], limit: 10 },
        // A search changes nothing, so it may be sent again.
        effect: "read",
      },
      pass,
    );
    return parseReply(searchPage, parseJson(text, SEARCH), SEARCH).data.map(accountOf);
  }

  return {
    accountByEmail: (email) =>
      memo(`email ${email.toLowerCase()}`, async () => {
        const found = await search({ emails: [email] });
        return found.find((account) => account.email?.toLowerCase() === email.toLowerCase()) ?? null;
      }),
    account: (accountId) =>
      memo(`account ${accountId}`, async () => {
        const found = await search({ accountIds: [accountId] });
        return found.find((account) => account.accountId === accountId) ?? null;
      }),
    manage: (accountId) => memo(`manage ${accountId}`, () => askControl(send, upstream, accountId, pass)),
    directoryId: () => directory(pass),
  };
}
