import type { Decision } from "../domain/confirmation.ts";
import type { Plan } from "../domain/plan.ts";
import type { StoredPlan } from "../domain/stored-plan.ts";
import type { ReadTx, Tables } from "./schema.ts";

/** The stored plan, or null; within the transaction of the caller. */
export async function findPlan(tx: ReadTx, id: string): Promise<StoredPlan | null> {
  const row = await tx.selectFrom("plans").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? storedPlan(row) : null;
}

/** The plan as its row keeps it. */
export function storedPlan(row: Tables["plans"]): StoredPlan {
  return {
    plan: JSON.parse(row.plan) as Plan,
    state: row.state,
    decision: row.decision === null ? null : (JSON.parse(row.decision) as Decision),
  };
}
