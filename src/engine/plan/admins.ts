import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { BegunEffect } from "../../domain/run.ts";
import { othersTakeAdmins } from "../../policy/last-admin.ts";
import type { BegunCheck } from "../../store/store.ts";
import type { EngineDeps } from "../context.ts";

/** The plan to check: the admins who stay, and when the plan read them. */
type Checked = Pick<Plan, "adminsLeft" | "createdAt">;

/**
 * The check on last admins, for the transaction in which a run begins. If two calls begin at once, the second sees
 * the effects of the first. The check is empty if the plan takes no admin.
 */
export function adminCheck(plan: Checked): { readonly against?: BegunCheck } {
  if (!plan.adminsLeft) return {};
  return { against: { since: sinceOf(plan), refuse: (begun) => refusalBy(plan, begun) } };
}

/** The same check for a run that has begun, which other runs already see. null if the rest of the run may be done. */
export async function adminRefusal(
  { store }: Pick<EngineDeps, "store">,
  plan: Checked,
  runId: string,
): Promise<AppError | null> {
  if (!plan.adminsLeft) return null;
  return refusalBy(plan, await store.runs.begun(sinceOf(plan), runId));
}

/** How far (ms) the clocks of two machines may differ. */
const MOST_SKEW_MS = 15_000;

/** What was made after this time may be missing in what the plan read. */
function sinceOf({ createdAt }: Checked): string {
  return new Date(Date.parse(createdAt) - MOST_SKEW_MS).toISOString();
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
