import type { PlanPart } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, titledList } from "../../domain/text.ts";
import { type AccountKey, readAccount } from "../../people/accounts.ts";
import type { AccessWay } from "./access.ts";

/** The line about groups and the line about roles name at most 8 entries each; further entries are only counted. */
const MOST_NAMES = 8;

/**
 * What a person loses together with the Atlassian account: products with the date of the last use, groups, and roles in
 * the organization. The result also says how the organization manages the account. If the account is only suspended,
 * the person gets everything back later. Costs one request.
 */
export async function lossesOf(
  key: AccountKey,
  reads: Reads,
  how: AccessWay = "deactivate",
): Promise<PlanPart> {
  const account = await readAccount(key, reads);
  if (!account) {
    const why = reads.organization
      ? "the organization directory does not show this account"
      : "ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY are not set";
    return {
      warnings: [`What else the person loses is unknown: ${why}.`],
      blindSpots: [`It is unknown what else the account opens: ${why}.`],
      impactUnknown: true,
    };
  }
  const paused = how === "suspend";
  const verb = paused ? "Loses for now" : "Loses";
  const kept = paused ? ", which come back with the access" : "";
  const products = account.products.map(
    ({ product, lastActive }) =>
      `${verb} ${clean(product, 60)}, ${lastActive ? `last active ${lastActive.slice(0, 10)}` : "never active or not known"}`,
  );
  return {
    notes: [
      ...(products.length > 0 ? products : ["No product is in use with this account"]),
      ...titledList(`Groups${kept}`, cleanNames(account.groups), MOST_NAMES),
      ...titledList(`Roles in the organization${kept}`, cleanNames(account.roles), MOST_NAMES),
      ...(account.managedBy ? [`The organization manages the account: ${managedBy(account.managedBy)}`] : []),
    ],
    warnings:
      account.managed === false && !paused
        ? [
            "The organization does not manage the account, so the account stays and keeps its products outside the organization.",
          ]
        : [],
  };
}

/**
 * Says in English how the organization manages an account. `source`: a word of the organization API. An unknown word is
 * not translated.
 */
function managedBy(source: string): string {
  if (source === "synced") return "synced from an identity provider";
  return source === "invited" ? "invited by an admin" : clean(source, 40);
}

function cleanNames(names: readonly string[]): readonly string[] {
  return names.map((name) => clean(name, 60));
}
