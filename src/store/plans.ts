import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import { checkDecidable } from "../domain/stored-plan.ts";
import type { Database } from "./database.ts";
import { instant } from "./instant.ts";
import { spendPlan } from "./spend.ts";
import type { PlanStore } from "./store.ts";
import { findPlan, storedPlan } from "./stored-plan.ts";

/** Plans that wait for a person, and what was decided. `isDestructive` tells which effects count to the daily limit. */
export function createPlanStore(database: Database, isDestructive: (effect: Effect) => boolean): PlanStore {
  return {
    async put(plan) {
      const row = {
        id: plan.id,
        state: "waiting" as const,
        created_at: instant(plan.createdAt),
        expires_at: instant(plan.expiresAt),
        plan: JSON.stringify(plan),
        decision: null,
      };
      const result = await database.write((tx) =>
        tx
          .insertInto("plans")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow(),
      );
      if (result.numInsertedOrUpdatedRows === 0n) {
        throw new AppError("CONFLICT", "A plan with this id is stored already.", { next: "Plan again." });
      }
    },
    get: (id) => database.read((tx) => findPlan(tx, id)),
    async waiting(now) {
      const rows = await database.read((tx) =>
        tx
          .selectFrom("plans")
          .selectAll()
          .where("state", "=", "waiting")
          .where("expires_at", ">", instant(now))
          .orderBy("created_at")
          .orderBy("id")
          .execute(),
      );
      return rows.map(storedPlan);
    },
    decide: (decision) =>
      database.write(async (tx) => {
        const stored = await findPlan(tx, decision.planId);
        checkDecidable(stored, decision);
        const state = decision.accepted ? "accepted" : "declined";
        await tx
          .updateTable("plans")
          .set({ state, decision: JSON.stringify(decision) })
          .where("id", "=", decision.planId)
          .execute();
        return { plan: stored.plan, state, decision };
      }),
    async discard(planId) {
      await database.write((tx) =>
        tx
          .updateTable("plans")
          .set({ state: "void" })
          .where("id", "=", planId)
          .where("state", "in", ["waiting", "accepted"])
          .execute(),
      );
    },
    async runOf(planId) {
      const run = await database.read((tx) =>
        tx.selectFrom("runs").select("id").where("plan_id", "=", planId).executeTakeFirst(),
      );
      return run?.id ?? null;
    },
    spend: (planId, start) => database.write((tx) => spendPlan(tx, planId, start, isDestructive)),
  };
}
