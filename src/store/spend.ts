import type { Effect } from "../domain/effect.ts";
import type { Run } from "../domain/run.ts";
import { checkSpendable } from "../domain/stored-plan.ts";
import { insertEffects } from "./effect-rows.ts";
import { foldJournal } from "./fold.ts";
import { after, instant } from "./instant.ts";
import type { Tx } from "./schema.ts";
import type { PlanStore } from "./store.ts";
import { findPlan } from "./stored-plan.ts";

/** Turns the plan into a run within the transaction of the caller, or refuses with the codes of `PlanStore.spend`. */
export async function spendPlan(
  tx: Tx,
  planId: string,
  start: Parameters<PlanStore["spend"]>[1],
  isDestructive: (effect: Effect) => boolean,
): Promise<Run> {
  const stored = await findPlan(tx, planId);
  checkSpendable(stored, start.at);
  const { plan, decision } = stored;
  const startedAt = instant(start.at);
  await tx.updateTable("plans").set({ state: "spent" }).where("id", "=", planId).execute();
  await tx
    .insertInto("runs")
    .values({
      id: start.runId,
      plan_id: planId,
      principal: plan.principal.id,
      effects: plan.effects.length,
      state: "running",
      owner: start.owner,
      lease_until: after(start.at, start.leaseMs),
      evidence: null,
      started_at: startedAt,
      ended_at: null,
    })
    .execute();
  await insertEffects(tx, start.runId, plan.effects, isDestructive);
  return {
    id: start.runId,
    plan,
    decision,
    state: "running",
    effects: foldJournal(plan.effects, []),
    evidence: null,
    requests: 0,
    startedAt,
    endedAt: null,
  };
}
