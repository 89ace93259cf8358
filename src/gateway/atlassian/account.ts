import { z } from "zod";
import type { AccountControl, AtlassianAccount } from "../../domain/atlassian.ts";
import { AppError } from "../../domain/error.ts";
import { wireRows, wireText } from "../../domain/wire.ts";
import type { Pass } from "../gateway.ts";
import { assertAnswered, parseJson, parseReply } from "../http/parse.ts";
import { encode } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

const UNNAMED = "a product that is not named";
const UNNAMED_PRODUCT = { key: UNNAMED, lastActiveTimestamp: null };

/** The fields of the organization API's `MultiDirectoryUser` that this program uses. */
export const directoryUser = z.object({
  accountId: z.string(),
  name: wireText,
  nickname: wireText,
  email: wireText,
  status: wireText,
  accountStatus: wireText,
  membershipStatus: wireText,
  claimStatus: wireText,
  managementSource: wireText,
  platformRoles: wireRows(z.string()),
  // If the name of a product cannot be read, the product is still listed, because the person loses it together with the
  // account.
  productAccess: z
    .array(z.object({ key: z.string().catch(UNNAMED), lastActiveTimestamp: wireText }).catch(UNNAMED_PRODUCT))
    .nullish()
    .catch([UNNAMED_PRODUCT]),
  groups: wireRows(z.object({ id: wireText, name: wireText })),
});
type DirectoryUser = z.output<typeof directoryUser>;

export const searchPage = z.object({ data: z.array(z.unknown()) });

/** The facts that the search for accounts returns only if the request names them. */
export const EXPAND = ["platformRoles", "productAccess", "groups"] as const;

/** The names of products as people know them, by the API's keys. If a key is unknown, the key itself is shown. */
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

/** Turns a row of the organization API into an account in the form of this program. */
export function accountOf(user: DirectoryUser): AtlassianAccount {
  const products = (user.productAccess ?? []).map(({ key, lastActiveTimestamp }) => ({
    product: PRODUCTS[key] ?? key,
    lastActive: lastActiveTimestamp ?? null,
  }));
  const managed = user.claimStatus ? user.claimStatus === "managed" : null;
  return {
    accountId: user.accountId,
    name: user.name ?? user.nickname ?? "",
    email: user.email ?? null,
    status: user.status ?? user.accountStatus ?? "unknown",
    accountStatus: user.accountStatus ?? null,
    membershipStatus: user.membershipStatus ?? null,
    managed,
    managedBy: managed === false ? null : (user.managementSource ?? null),
    products,
    lastActive: latest(products.map(({ lastActive }) => lastActive)),
    groups: user.groups.rows.flatMap(({ name, id }) => name ?? id ?? []),
    roles: user.platformRoles.rows,
  };
}

/**
 * The latest of several dates. They are compared as times and not as texts, because their seconds have different
 * numbers of digits.
 */
function latest(dates: readonly (string | null)[]): string | null {
  const known = dates.flatMap((date) => (date === null || Number.isNaN(Date.parse(date)) ? [] : [date]));
  return known.reduce<string | null>(
    (last, date) => (last !== null && Date.parse(last) >= Date.parse(date) ? last : date),
    null,
  );
}

const MANAGE = { upstream: "organization", operation: "GET /users/{account_id}/manage" } as const;

/**
 * The reasons for which an account cannot be changed, in the words of the user management API. Any other word becomes
 * `restricted`.
 */
const REASONS: ReadonlySet<string> = new Set([
  "administrative",
  "administrative.notMyself",
  "authPolicy.saml",
  "blocked.exportControl",
  "externalDirectory.scim",
  "externalDirectory.google",
  "myselfOnly",
  "managedAccount",
]);

const rules = z.object({
  "lifecycle.enablement": z.object({
    allowed: z.boolean(),
    reason: z
      .object({ key: z.string().transform((key) => (REASONS.has(key) ? key : "restricted")) })
      .nullish(),
  }),
});

/**
 * Reads what the organization's API key may do with an account: GET /users/{account_id}/manage (user management API).
 */
export async function readAccountControl(
  send: Send,
  upstream: Upstream,
  accountId: string,
  pass: Pass,
): Promise<AccountControl> {
  const { operation } = MANAGE;
  const path = `/users/${encode(accountId)}/manage`;
  try {
    const { text } = await send(upstream, { operation, method: "GET", path, access: "read" }, pass);
    const rule = parseReply(rules, parseJson(text, MANAGE), MANAGE)["lifecycle.enablement"];
    return { canDisable: rule.allowed, reasons: rule.allowed || !rule.reason ? [] : [rule.reason.key] };
  } catch (thrown) {
    // Atlassian documents a refusal (403) as the answer for an account that the organization does not manage. So the
    // result is that the account cannot be disabled, and not an error.
    if (thrown instanceof AppError && thrown.code === "UPSTREAM_FORBIDDEN") {
      return { canDisable: false, reasons: ["forbidden"] };
    }
    throw thrown;
  }
}

/**
 * Deactivates or reactivates an account that the organization manages: POST
 * /users/{account_id}/manage/lifecycle/disable or enable.
 */
export async function setAccountEnabled(
  send: Send,
  upstream: Upstream,
  accountId: string,
  enabled: boolean,
  pass: Pass,
): Promise<void> {
  const verb = enabled ? "enable" : "disable";
  const operation = `POST /users/{account_id}/manage/lifecycle/${verb}`;
  const { text } = await send(
    upstream,
    {
      operation,
      method: "POST",
      path: `/users/${encode(accountId)}/manage/lifecycle/${verb}`,
      // The API refuses to disable an account by a request without a body, although the message in the body is
      // optional. So an empty object is sent.
      ...(enabled ? {} : { body: {} }),
      access: "write",
    },
    pass,
  );
  if (text !== "") assertAnswered(text, { upstream: "organization", operation });
}
