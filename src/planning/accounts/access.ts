import type { AtlassianAccount } from "../../domain/atlassian.ts";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import { type Reads, requireOrganization } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean } from "../../domain/text.ts";
import { setAccountEnabled, setDirectoryAccess } from "../../effects/accounts.ts";
import { setScimActive } from "../../effects/scim-users.ts";
import { scimEmail, scimLabel } from "../../people/scim-users.ts";

/**
 * Ways to take an account's access, the smallest first. `suspend`: the organization's apps, kept as they are and not
 * billed. `deactivate`: the SCIM User, and with it the managed account. `disable`: the account itself, everywhere.
 */
export const HAMMERS = ["suspend", "deactivate", "disable"] as const;
export type Hammer = (typeof HAMMERS)[number];

/** What a way takes and what it leaves, for the person who decides. */
export const TAKES: Readonly<Record<Hammer, string>> = {
  suspend:
    "Takes the apps of this organization for as long as it is suspended; the account, its sign-in, its roles and groups stay, and nobody is billed meanwhile",
  deactivate:
    "Deactivates the SCIM User, and with it the account that the organization manages: no sign-in to any Atlassian product",
  disable:
    "Disables the account itself: no sign-in to any Atlassian product, here or elsewhere; the SCIM User stays active, so the identity provider does not know",
};

/** What is left to the person afterwards. */
export const LEAVES: Readonly<Record<Hammer, string>> = {
  suspend:
    "The account and its sign-in, what it opens outside of this organization, and memberships that were not removed",
  deactivate: "What the person made, and memberships that were not removed: without a way to sign in",
  disable:
    "The SCIM User; what the person made, and memberships that were not removed: without a way to sign in",
};

/** The effect that takes (or gives back) access; nothing where it is so already. */
export async function hammer(
  user: ScimUser,
  { how, access }: { readonly how: Hammer; readonly access: boolean },
  reads: Reads,
): Promise<readonly Effect[]> {
  const label = scimLabel(user);
  if (how === "deactivate") {
    if (user.active === access) return [];
    return [
      setScimActive.make({
        target: { scimId: user.id },
        before: { active: user.active },
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
    throw new AppError("UPSTREAM_FORBIDDEN", `The organization's key may not ${verb} this account: ${why}.`, {
      next: "Use how: suspend or deactivate instead.",
      details: { reasons },
    });
  }
  return [
    setAccountEnabled.make({ target, before: { enabled: !access }, after: { enabled: access }, label }),
  ];
}

async function accountOf(user: ScimUser, reads: Reads): Promise<AtlassianAccount> {
  const account = await requireOrganization(reads).accountByEmail(scimEmail(user) ?? user.userName);
  const inside = account?.membershipStatus !== "no_membership";
  if (account && inside) return account;
  throw new AppError("NOT_FOUND", "The organization's directory shows no account for this User.", {
    next: "Use how: deactivate, which needs the SCIM User only.",
  });
}

/** How an account is without access now, and why it may stay so all the same. */
export interface AccountOff extends PlanPart {
  /** Every way that is seen to have taken it. */
  readonly by: readonly Hammer[];
}

/**
 * Looks at all three states: the SCIM User, the place in the organization's directory, and the account itself. The latter
 * two take the organization API, and one request by email.
 */
export async function accountOff(user: ScimUser, reads: Reads): Promise<AccountOff> {
  const scim: readonly Hammer[] = user.active ? [] : ["deactivate"];
  const unseen = (why: string): AccountOff => ({
    by: scim,
    blindSpots: [`Whether the account is suspended or disabled: ${why}.`],
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
    untouched:
      inactive && !user.active
        ? [
            "Whether the account is disabled by itself too shows only once its SCIM User is active: call again then",
          ]
        : [],
  };
}
