import type { EnterpriseMember, EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import { type EnterpriseQuery, type Reads, requireEnterprise } from "../domain/reads.ts";
import type { EnterpriseWrites, Writes } from "../domain/writes.ts";
import { enterpriseRowOf, managedByAdminHub } from "../people/enterprise.ts";
import { licensed } from "./keys.ts";
import { defineEffect, type Inverse, type LearnedFact, RANK, swapBack } from "./define-effect.ts";

type State = { readonly deactivated: boolean };

/**
 * Deactivates or reactivates a member in every workspace of the enterprise (PUT .../members/{idMember}/deactivated).
 */
export const setEnterpriseDeactivated = defineEffect<EnterpriseMember, State, State>({
  op: "set_enterprise_deactivated",
  resource: "enterprise_membership",
  rank: RANK.enterprise,
  id: (target) => `${target.idEnterprise}/${target.idMember}/deactivated`,
  needs: ({ target }) => [licensed(target)],
  // Reactivating takes a licence again.
  classOf: ({ after }) => (after.deactivated ? "delete" : "grant"),
  async send({ target, after }, writes, reads) {
    await requireEnterpriseWrites(writes, reads, target).setDeactivated(target.idMember, after.deactivated);
  },
  holds: async ({ target, after }, reads) =>
    (await hasFlag(target, "deactivated", reads)) === after.deactivated,
  invert: swapBack,
  describe: ({ after }) => [`${after.deactivated ? "Deactivate" : "Reactivate"} `, " in the enterprise"],
  learn: learnsAdminHub,
});

/**
 * The state before the effect. `deactivated` is stored too, because taking the licence away also deactivates the
 * member. An undo must then give the licence back and reactivate the member.
 */
type Before = { readonly licensed: boolean; readonly deactivated: boolean };
type After = { readonly licensed: boolean };

/** Gives a member a licence of the enterprise, or takes it away (PUT .../members/{idMember}/licensed). */
export const setEnterpriseLicensed = defineEffect<EnterpriseMember, Before, After>({
  op: "set_enterprise_licensed",
  resource: "enterprise_membership",
  rank: RANK.enterprise,
  id: (target) => `${target.idEnterprise}/${target.idMember}/licensed`,
  gives: ({ target }) => [licensed(target)],
  classOf: ({ after }) => (after.licensed ? "grant" : "delete"),
  async send({ target, after }, writes, reads) {
    await requireEnterpriseWrites(writes, reads, target).setLicensed(target.idMember, after.licensed);
  },
  holds: async ({ target, after }, reads) => (await hasFlag(target, "licensed", reads)) === after.licensed,
  invert({ target, before, after, label }) {
    const deactivated = !after.licensed || before.deactivated;
    const licence: Inverse = {
      op: "set_enterprise_licensed",
      target,
      before: { licensed: after.licensed, deactivated },
      after: { licensed: before.licensed },
      label,
    };
    const activity: Inverse = {
      op: "set_enterprise_deactivated",
      target,
      before: { deactivated: true },
      after: { deactivated: false },
      label,
    };
    return before.licensed && !before.deactivated && !after.licensed ? [licence, activity] : [licence];
  },
  describe: ({ after }) =>
    after.licensed
      ? ["Give ", " a licence of the enterprise"]
      : ["Take the enterprise licence of ", ", which deactivates"],
  learn: learnsAdminHub,
});

/**
 * The fact that Atlassian Administration ("AdminHub") manages the enterprise, if Trello's refusal shows it. Trello has
 * no request that shows it in advance.
 */
function learnsAdminHub(
  { target: { idEnterprise } }: { readonly target: EnterpriseMember },
  refusal: AppError,
): LearnedFact | null {
  return refusal.details["reason"] === "admin_hub"
    ? { key: managedByAdminHub(idEnterprise), value: true }
    : null;
}

/**
 * Returns the functions that change enterprise members. If a setting is missing, throws an error that names it.
 * CONFLICT if the settings now name another enterprise than the plan.
 */
function requireEnterpriseWrites(
  writes: Writes,
  reads: Reads,
  { idEnterprise }: EnterpriseMember,
): EnterpriseWrites {
  refuseAnother(requireEnterprise(reads).id, idEnterprise);
  if (writes.enterprise) return writes.enterprise;
  throw new AppError("CONFIG_INVALID", "Trello Enterprise is not configured.", {
    next: "Set TRELLO_ENTERPRISE_ID.",
  });
}

/**
 * Whether a member has a flag, such as deactivated or licensed. The query asks Trello only for members with that flag,
 * because the rows of Trello's answer do not always contain the flag.
 */
async function hasFlag(
  target: EnterpriseMember,
  flag: "licensed" | "deactivated",
  reads: Reads,
): Promise<boolean> {
  if (await memberRow(target, { [flag]: true }, reads)) return true;
  // If the query with the flag finds no row, the member may have left the enterprise. So the member is then searched
  // without the flag.
  if (await memberRow(target, {}, reads)) return false;
  throw new AppError("NOT_FOUND", "The enterprise no longer has that member.", {
    next: "Search for the person again and make a new plan.",
    retry: "replan",
  });
}

async function memberRow(
  { idEnterprise, idMember, search }: EnterpriseMember,
  condition: EnterpriseQuery,
  reads: Reads,
): Promise<EnterpriseMemberRow | null> {
  const enterprise = requireEnterprise(reads);
  refuseAnother(enterprise.id, idEnterprise);
  return enterpriseRowOf(idMember, { ...condition, ...(search && { search }) }, enterprise);
}

function refuseAnother(configured: string, planned: string): void {
  if (configured === planned) return;
  throw new AppError(
    "CONFLICT",
    "The plan was made for another enterprise than the one that the settings name now.",
    {
      next: "Plan again.",
      retry: "replan",
    },
  );
}
