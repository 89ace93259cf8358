import { z } from "zod";
import type { AtlassianAccount } from "../domain/atlassian.ts";
import type { OrganizationReads } from "../domain/reads.ts";
import type { Pass } from "./gateway.ts";
import { createMemo } from "./memo.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import type { Upstream } from "./upstream.ts";

/** `MultiDirectoryUser` of the organization API, as far as it is used. */
const directoryUser = z.object({
  accountId: z.string(),
  name: z.string().nullish(),
  nickname: z.string().nullish(),
  email: z.string().nullish(),
  status: z.string().nullish(),
  accountStatus: z.string().nullish(),
  claimStatus: z.string().nullish(),
  productAccess: z.array(z.object({ key: z.string(), lastActiveTimestamp: z.string().nullish() })).nullish(),
  groups: z.array(z.object({ id: z.string().nullish(), name: z.string().nullish() })).nullish(),
});

const searchPage = z.object({ data: z.array(directoryUser) });

/** Product keys as the API has them, by the name people know; another key is shown as it is. */
const PRODUCTS: Readonly<Record<string, string>> = {
  jira: "Jira",
  "jira-core": "Jira",
  "jira-software": "Jira",
  "jira-servicedesk": "Jira Service Management",
  "jira-service-desk": "Jira Service Management",
  "jira-product-discovery": "Jira Product Discovery",
  confluence: "Confluence",
  trello: "Trello",
  bitbucket: "Bitbucket",
  opsgenie: "Opsgenie",
  statuspage: "Statuspage",
  compass: "Compass",
  loom: "Loom",
};

const SEARCH = {
  upstream: "organization",
  operation: "POST /v2/orgs/{orgId}/directories/{directoryId}/users/search",
} as const;

/** The organization API's reads for one pass; `-` in the path means every directory of the organization. */
export function createOrganizationReads(
  send: Send,
  upstream: Upstream,
  orgId: string,
  pass: Pass,
): OrganizationReads {
  const memo = createMemo();
  return {
    accountByEmail: (email) =>
      memo(`email ${email.toLowerCase()}`, async () => {
        const { text } = await send(
          upstream,
          {
            operation: SEARCH.operation,
            method: "POST",
            path: `/admin/v2/orgs/${encodeURIComponent(orgId)}/directories/-/users/search`,
            body: { emails: [email], expand: ["productAccess", "groups"], limit: 10 },
            // A search changes nothing, so it may be sent again.
            effect: "read",
          },
          pass,
        );
        const { data } = parseReply(searchPage, parseJson(text, SEARCH), SEARCH);
        const found = data.find((user) => user.email?.toLowerCase() === email.toLowerCase());
        return found ? accountOf(found) : null;
      }),
  };
}

function accountOf(user: z.output<typeof directoryUser>): AtlassianAccount {
  return {
    accountId: user.accountId,
    name: user.name ?? user.nickname ?? "",
    email: user.email ?? null,
    status: user.status ?? user.accountStatus ?? "unknown",
    managed: user.claimStatus ? user.claimStatus === "managed" : null,
    products: (user.productAccess ?? []).map(({ key, lastActiveTimestamp }) => ({
      product: PRODUCTS[key] ?? key,
      lastActive: lastActiveTimestamp ?? null,
    })),
    groups: (user.groups ?? []).flatMap(({ name, id }) => name ?? id ?? []),
  };
}
