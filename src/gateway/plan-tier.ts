import type { PlanTier, Workspace } from "../domain/trello.ts";

/** `offering` as Trello spells it, by tier; names as its own web client tells them apart. */
const OFFERINGS: Readonly<Record<string, PlanTier>> = {
  "trello.free": "free",
  "trello.personal_free": "free",
  "trello.standard": "standard",
  "trello.personal_standard": "standard",
  "trello.business_class": "premium",
  "trello.premium": "premium",
  "trello.premium_po": "premium",
  "trello.personal_premium": "premium",
  "trello.enterprise": "enterprise",
  "trello.enterprise_without_sso": "enterprise",
};

/** Words among `premiumFeatures` that name a tier outright. */
const FEATURES: readonly (readonly [string, PlanTier])[] = [
  ["enterpriseUI", "enterprise"],
  ["isPremium", "premium"],
  ["isBc", "premium"],
  ["isStandard", "standard"],
];

/**
 * The plan tier of a workspace. `unknown` where nothing recognisable was answered: then no capability is assumed and
 * what a tier might refuse is tried and falls back.
 */
export function planTier({ offering, idEnterprise, premiumFeatures, products }: Workspace): PlanTier {
  const named = offering ? OFFERINGS[offering] : undefined;
  if (named) return named;
  if (idEnterprise) return "enterprise";
  for (const [feature, tier] of FEATURES) if (premiumFeatures?.includes(feature)) return tier;
  if (!offering && products?.length === 0 && premiumFeatures?.length === 0) return "free";
  return "unknown";
}
