import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { BegunEffect } from "../../domain/run.ts";
import { othersTakeAdmins } from "../../policy/last-admin.ts";
import type { BegunCheck } from "../../store/store.ts";
import type { EngineDeps } from "../context.ts";

/**
 * The fields of a plan that are needed to check that an admin stays in each workspace and board: the admins who stay,
 * and when the plan was made.
 */
type Checked = Pick<Plan, "adminsLeft" | "createdAt">;

/**
 * Makes the check that every workspace and board keeps an admin. It runs in the transaction that starts the run. So if
 * two runs start at the same time, the second sees the effects of the first. Returns `{}` (no check) if the plan takes
 * the admin role from no one.
 */
export function adminCheck(plan: Checked): { readonly against?: BegunCheck } {
  if (!plan.adminsLeft) return {};
  return { against: { since: sinceOf(plan), refuse: (begun) => refusalBy(plan, begun) } };
}

/**
 * The check that every workspace and board keeps an admin, for a run that has already started. Returns the refusal;
 * null if the run may continue.
 */
export async function adminRefusal(
  { store }: Pick<EngineDeps, "store">,
  plan: Checked,
  runId: string,
): Promise<AppError | null> {
  if (!plan.adminsLeft) return null;
  return refusalBy(plan, await store.runs.begun(sinceOf(plan), runId));
}

/** How much (ms) the clocks of two machines may differ at most. */
const MOST_SKEW_MS = 15_000;

/**
 * Effects that other runs sent after this time are checked. The time is shortly before the plan was made, because the
 * clocks of two machines may differ. The plan may also have missed effects of runs that were under way then.
 */
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
