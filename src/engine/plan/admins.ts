import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { BegunEffect } from "../../domain/run.ts";
import { othersTakeAdmins } from "../../policy/last-admin.ts";
import type { BegunCheck } from "../../store/store.ts";
import { type EngineDeps, LEASE_MS } from "../context.ts";

/** Which plan is checked: who stays admin by it, and when that was read. */
type Checked = Pick<Plan, "adminsLeft" | "createdAt">;

/**
 * The check on last admins for the transaction in which a run begins: of two calls at once the second sees what the
 * first has begun. Empty if the plan takes no admin.
 */
export function adminCheck(plan: Checked): { readonly against?: BegunCheck } {
  if (!plan.adminsLeft) return {};
  return { against: { since: sinceOf(plan), refuse: (begun) => refusalBy(plan, begun) } };
}

/** The same check for a run that has begun, which other runs see already; null if the rest may be done. */
export async function adminRefusal(
  { store }: Pick<EngineDeps, "store">,
  plan: Checked,
  runId: string,
): Promise<AppError | null> {
  if (!plan.adminsLeft) return null;
  return refusalBy(plan, await store.runs.begun(sinceOf(plan), runId));
}

/** What was made after this may be missing in what the plan read. A lease more, because clocks of two machines differ. */
function sinceOf({ createdAt }: Checked): string {
  return new Date(Date.parse(createdAt) - LEASE_MS).toISOString();
}

function refusalBy({ adminsLeft = {} }: Checked, begun: readonly BegunEffect[]): AppError | null {
  const refused = othersTakeAdmins(adminsLeft, begun);
  return refused
    ? new AppError("POLICY_DENIED", refused.message, {
        next: refused.next,
        retry: "later",
        details: { guard: refused.guard },
      })
    : null;
}
