import type { EnterpriseMember, EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import { type EnterpriseQuery, type Reads, requireEnterprise } from "../domain/reads.ts";
import type { EnterpriseWrites, Writes } from "../domain/writes.ts";
import { managedByAdminHub } from "../people/enterprise.ts";
import type { Lesson } from "./kind.ts";

/** What a refusal teaches: the description says that AdminHub refuses, and not how it can be told before. */
export function learnsAdminHub({ idEnterprise }: EnterpriseMember, refusal: AppError): Lesson | null {
  return refusal.details["reason"] === "admin_hub"
    ? { key: managedByAdminHub(idEnterprise), value: true }
    : null;
}

/** The enterprise writes, or the error that says which setting is missing; CONFLICT where it is another enterprise now. */
export function requireEnterpriseWrites(
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

/** Whether the member has a flag. Asked for with the flag as a condition, because a row need not show it. */
export async function hasFlag(
  target: EnterpriseMember,
  flag: "licensed" | "deactivated",
  reads: Reads,
): Promise<boolean> {
  if (await memberRow(target, { [flag]: true }, reads)) return true;
  // Absence proves something only of a member who is there.
  if (await memberRow(target, {}, reads)) return false;
  throw new AppError("NOT_FOUND", "The enterprise has no such member any more.", {
    next: "Look the person up again and plan anew.",
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
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await enterprise.members({ ...condition, search, ...(cursor ? { cursor } : {}) });
    const found = page.rows.find((row) => row.member.id === idMember);
    if (found) return found;
    cursor = page.cursor || null;
  }
  return null;
}

function refuseAnother(configured: string, planned: string): void {
  if (configured === planned) return;
  throw new AppError("CONFLICT", "The settings name another enterprise than the one planned for.", {
    next: "Plan again.",
    retry: "replan",
  });
}
