import { z } from "zod";
import type { AccountControl } from "../domain/atlassian.ts";
import { AppError } from "../domain/error.ts";
import type { Pass } from "./gateway.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";

const MANAGE = { upstream: "organization", operation: "GET /users/{account_id}/manage" } as const;

/** Why an account may not be touched, in the words of the user management API; another one is `restricted`. */
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

/** What the organization's key may do to an account: GET /users/{account_id}/manage (user management API). */
export async function askControl(
  send: Send,
  upstream: Upstream,
  accountId: string,
  pass: Pass,
): Promise<AccountControl> {
  const { operation } = MANAGE;
  const path = `/users/${encode(accountId)}/manage`;
  try {
    const { text } = await send(upstream, { operation, method: "GET", path, effect: "read" }, pass);
    const rule = parseReply(rules, parseJson(text, MANAGE), MANAGE)["lifecycle.enablement"];
    return { canDisable: rule.allowed, reasons: rule.allowed || !rule.reason ? [] : [rule.reason.key] };
  } catch (thrown) {
    // The published answer for an account that the organization does not manage, which is what was asked.
    if (thrown instanceof AppError && thrown.code === "UPSTREAM_FORBIDDEN") {
      return { canDisable: false, reasons: ["forbidden"] };
    }
    throw thrown;
  }
}

/** Deactivates or reactivates a managed account: POST /users/{account_id}/manage/lifecycle/disable or enable. */
export async function setAccountEnabled(
  send: Send,
  upstream: Upstream,
  accountId: string,
  enabled: boolean,
  pass: Pass,
): Promise<void> {
  const verb = enabled ? "enable" : "disable";
  await send(
    upstream,
    {
      operation: `POST /users/{account_id}/manage/lifecycle/${verb}`,
      method: "POST",
      path: `/users/${encode(accountId)}/manage/lifecycle/${verb}`,
      // Disabling takes a message that can be left out, but not the body that has it.
      ...(enabled ? {} : { body: {} }),
      effect: "write",
    },
    pass,
  );
}
