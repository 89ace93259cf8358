import type { Reads } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";

export interface AccountImpact {
  /** One line for each thing that goes with the account. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** True where nobody could look: the confirmation needed then rises by one level. */
  readonly unknown: boolean;
}

/** Every product that a person loses with the Atlassian account, with last use: one request, by email. */
export async function accountImpact(email: string, reads: Reads): Promise<AccountImpact> {
  const account = await reads.organization?.accountByEmail(email);
  if (!account) {
    const why = reads.organization
      ? "the organization directory does not show this account"
      : "ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY are not set";
    return { notes: [], warnings: [`What else the person loses is unknown: ${why}.`], unknown: true };
  }
  const lost = account.products.map(
    ({ product, lastActive }) =>
      `Loses ${clean(product, 60)}, ${lastActive ? `last active ${lastActive.slice(0, 10)}` : "never active or not known"}`,
  );
  return {
    notes: lost.length > 0 ? lost : ["No product is in use with this account"],
    warnings: [],
    unknown: false,
  };
}
