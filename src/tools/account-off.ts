import type { Reads } from "../domain/reads.ts";
import type { ScimUser } from "../domain/scim.ts";
import { scimEmail } from "../people/scim.ts";
import type { Hammer } from "./account-hammer.ts";

/** How an account is without access now. */
export interface AccountOff {
  /** Every way that is seen to have taken it. */
  readonly by: readonly Hammer[];
  /** Why it may stay without access all the same. */
  readonly warnings: readonly string[];
  /** What could not be looked at. */
  readonly blindSpots: readonly string[];
  /** What shows only once the access is given back. */
  readonly remains: readonly string[];
}

/**
 * Looks at all three states: the SCIM User, the place in the organization's directory, and the account itself. The latter
 * two take the organization API, and one request by email.
 */
export async function accountOff(user: ScimUser, reads: Reads): Promise<AccountOff> {
  const scim: readonly Hammer[] = user.active ? [] : ["deactivate"];
  const unseen = (why: string): AccountOff => ({
    by: scim,
    warnings: [],
    blindSpots: [`Whether the account is suspended or disabled: ${why}.`],
    remains: [],
  });
  if (!reads.organization) return unseen("ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY are not set");
  const account = await reads.organization.accountByEmail(scimEmail(user) ?? user.userName);
  if (!account) return unseen("the organization directory does not show this account");
  const { membershipStatus, accountStatus } = account;
  const inactive = accountStatus === "inactive";
  return {
    by: [
      ...scim,
      // An account goes with its SCIM User, so of one whose User is deactivated it tells nothing more.
      ...(inactive && user.active ? (["disable"] as const) : []),
      ...(membershipStatus === "suspended" ? (["suspend"] as const) : []),
    ],
    warnings: [
      ...(accountStatus === "closed" ? ["The account is closed, which this server cannot undo."] : []),
      ...(membershipStatus === "no_membership"
        ? ["The account is not in the organization's directory, so it opens none of its apps."]
        : []),
    ],
    blindSpots: [
      ...(membershipStatus === null ? ["Whether the account is suspended: the directory does not say."] : []),
      ...(accountStatus === null ? ["Whether the account is disabled: the directory does not say."] : []),
    ],
    remains:
      inactive && !user.active
        ? [
            "Whether the account is disabled by itself too shows only once its SCIM User is active: call again then",
          ]
        : [],
  };
}
