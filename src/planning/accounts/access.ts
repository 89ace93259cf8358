import type { AtlassianAccount } from "../../domain/atlassian.ts";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import { type Reads, requireOrganization } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean } from "../../domain/text.ts";
import { setAccountEnabled, setDirectoryAccess } from "../../effects/accounts.ts";
import { setScimActive } from "../../effects/scim-users.ts";
import { accountKeyOf, readAccount } from "../../people/accounts.ts";
import { scimLabel } from "../../people/scim-users.ts";

/**
 * The ways to take away a person's access with an Atlassian account, the mildest first:
 * - `suspend`: the person cannot open the apps of this organization. Roles and groups stay, and Atlassian bills
 * nothing.
 * - `deactivate`: deactivates the SCIM User, and with it the account, if the organization manages the account.
 * - `disable`: disables the account itself, for all organizations.
 */
export const ACCESS_WAYS = ["suspend", "deactivate", "disable"] as const;
export type AccessWay = (typeof ACCESS_WAYS)[number];

/** What the person loses by each way of taking the access away, as a sentence for the person who approves. */
export const TAKES_AWAY: Readonly<Record<AccessWay, string>> = {
  suspend:
    "Takes away the apps of this organization until the access is restored. The account, its sign-in, its roles and groups stay. Nothing is billed in that time",
  deactivate:
    "Deactivates the SCIM User, and with it the account that the organization manages. The person cannot sign in to any Atlassian product. If the person is still active in the identity provider, the provider can undo this: remove the app there too",
  disable:
    "Disables the account itself. The person cannot sign in to any Atlassian product, here or elsewhere. The SCIM User stays active, so the identity provider does not see the change",
};

/** What the person keeps afterwards. */
export const LEAVES_BEHIND: Readonly<Record<AccessWay, string>> = {
  suspend:
    "The account and its sign-in, its access outside this organization, and memberships that were not removed",
  deactivate:
    "What the person made, and memberships that were not removed. The person cannot sign in to use them",
  disable:
    "The SCIM User, what the person made, and memberships that were not removed. The person cannot sign in to use them",
};

/** Returns the effect that takes the access away or gives it back; no effect if nothing would change. */
export async function accessEffect(
  user: ScimUser,
  { how, access }: { readonly how: AccessWay; readonly access: boolean },
  reads: Reads,
): Promise<readonly Effect[]> {
  const label = scimLabel(user);
  if (how === "deactivate") {
    if (user.active === access) return [];
    return [
      setScimActive.make({
        target: { scimId: user.id },
        // If the record of the User does not show whether the User is active, the plan assumes the opposite of the new
        // state. An undo then sets that opposite.
        before: { active: user.active ?? !access },
        after: { active: access },
        label,
      }),
    ];
  }
  const account = await accountOf(user, reads);
  const target = { accountId: account.accountId };
  if (how === "suspend") {
    if (account.membershipStatus === (access ? "active" : "suspended")) return [];
    return [
      setDirectoryAccess.make({
        target,
        before: { suspended: access },
        after: { suspended: !access },
        label,
      }),
    ];
  }
  if (account.accountStatus === (access ? "active" : "inactive")) return [];
  const { canDisable, reasons } = await requireOrganization(reads).manage(account.accountId);
  if (!canDisable) {
    const why = reasons.map((reason) => clean(reason, 60)).join(", ") || "no reason given";
    const verb = access ? "enable" : "disable";
    throw new AppError(
      "UPSTREAM_FORBIDDEN",
      `The organization's API key has no right to ${verb} this account: ${why}.`,
      {
        next: "Call again with `how` set to `suspend` or `deactivate`.",
        details: { reasons },
      },
    );
  }
  return [
    setAccountEnabled.make({ target, before: { enabled: !access }, after: { enabled: access }, label }),
  ];
}

async function accountOf(user: ScimUser, reads: Reads): Promise<AtlassianAccount> {
  requireOrganization(reads);
  const account = await readAccount(accountKeyOf(user), reads);
  const inside = account?.membershipStatus !== "no_membership";
  if (account && inside) return account;
  throw new AppError("NOT_FOUND", "The organization's directory shows no account for this User.", {
    next: "Call again with `how` set to `deactivate`, which needs only the SCIM User.",
  });
}

/**
 * The ways in which the access of an account is taken away now, and lines about them for the plan that gives the access
 * back.
 */
export interface AccessState extends PlanPart {
  /** All ways in which the access is taken away now. A way that this server cannot see is not in the list. */
  readonly takenBy: readonly AccessWay[];
}

/**
 * Finds out in which ways the access is taken away now: by the SCIM User, by the organization's directory, or by the
 * account itself. The directory and the account are read with one request to the organization API.
 */
export async function accessState(user: ScimUser, reads: Reads): Promise<AccessState> {
  // If the record does not show whether the User is active, the plan activates the User anyway. For an active User,
  // that changes nothing.
  const scim: readonly AccessWay[] = user.active === true ? [] : ["deactivate"];
  const untold =
    user.active === null
      ? ["It is unknown whether the SCIM User is active: the directory does not say."]
      : [];
  const unseen = (why: string): AccessState => ({
    takenBy: scim,
    blindSpots: [...untold, `It is unknown whether the account is suspended or disabled: ${why}.`],
  });
  if (!reads.organization) return unseen("ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY are not set");
  const account = await readAccount(accountKeyOf(user), reads);
  if (!account) return unseen("the organization directory does not show this account");
  const { membershipStatus, accountStatus } = account;
  const inactive = accountStatus === "inactive";
  return {
    takenBy: [
      ...scim,
      // While a SCIM User is deactivated, the account is always inactive too. So an inactive account counts as disabled
      // only if its SCIM User is active.
      ...(inactive && user.active === true ? (["disable"] as const) : []),
      ...(membershipStatus === "suspended" ? (["suspend"] as const) : []),
    ],
    warnings: [
      ...(accountStatus === "closed" ? ["The account is closed. This server cannot reopen it."] : []),
      ...(membershipStatus === "no_membership"
        ? [
            "The account is not in the organization's directory, so it gives no access to the organization's apps.",
          ]
        : []),
    ],
    blindSpots: [
      ...untold,
      ...(membershipStatus === null
        ? ["It is unknown whether the account is suspended: the directory does not say."]
        : []),
      ...(accountStatus === null
        ? ["It is unknown whether the account is disabled: the directory does not say."]
        : []),
    ],
    untouched:
      inactive && user.active !== true
        ? [
            "The account may also be disabled. This server can see that only while the SCIM User is active: call again when the User is active",
          ]
        : [],
  };
}
