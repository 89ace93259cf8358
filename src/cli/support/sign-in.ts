import type { Config } from "../../config/config.ts";
import type { Log } from "../../domain/runtime.ts";
import type { SignIn } from "../../domain/sign-in.ts";
import { clock } from "./product.ts";

/**
 * Makes the sign-in for the approval pages from the settings. The code is loaded only when it is needed, because only a
 * service has such pages.
 */
export async function signInBy(
  {
    http: { authorization },
    policy,
    tenants = [],
  }: Pick<Config, "http" | "policy"> & Partial<Pick<Config, "tenants">>,
  approver: NonNullable<Config["http"]["approver"]>,
  log: Log,
): Promise<SignIn> {
  const [{ createSignIn }, { createIssuers }] = await Promise.all([
    import("../../transport/authorization/sign-in.ts"),
    import("../../transport/authorization/issuers.ts"),
  ]);
  return createSignIn({
    scopePrefix: authorization?.scopePrefix ?? "",
    subjectClaims: authorization?.subjectClaims ?? ["sub"],
    issuers: createIssuers({ issuers: [approver.issuer], get: fetch, now: clock.now }),
    issuer: approver.issuer,
    clientId: approver.clientId,
    clientSecret: approver.clientSecret?.reveal() ?? null,
    redirectUri: approver.redirectUri,
    tenancy: authorization?.tenancy ?? null,
    asksScope: (tenants.length === 0 ? [{ policy }] : tenants).some(
      (each) => each.policy.approvers.length === 0,
    ),
    get: fetch,
    now: clock.now,
    log,
  });
}
