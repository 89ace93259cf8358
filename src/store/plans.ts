import type { Decision } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import type { Run } from "../domain/run.ts";
import { assertCanApply, assertCanDecide, type StoredPlan } from "../domain/decision-rules.ts";
import { recordDecided, recordHeld, recordStale, recordStarted } from "./events.ts";
import { begunSince } from "./begun.ts";
import { type Counting, insertEffects } from "./journal.ts";
import { planFromJson, readPlanState } from "./old-shapes.ts";
import { foldJournal } from "./run-effects.ts";
import { after, type Database, instant, type ReadTx, type Tx } from "./schema.ts";
import type { PlanStore } from "./store.ts";

/** Stored plans, and the decisions about them. `counting`: how effects count for the daily limits. */
export function createPlanStore(database: Database, counting: Counting): PlanStore {
  return {
    async put(plan) {
      const text = JSON.stringify(plan);
      const row = {
        id: plan.id,
        state: "waiting" as const,
        created_at: instant(plan.createdAt),
        expires_at: instant(plan.expiresAt),
        plan: text,
        decision: null,
      };
      await database.write(async (tx) => {
        const result = await tx
          .insertInto("plans")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow();
        if (result.numInsertedOrUpdatedRows === 0n) {
          throw new AppError("CONFLICT", "A plan with this id is stored already.", {
            next: "Make a new plan.",
          });
        }
        await recordHeld(tx, plan, text);
      });
    },
    get: (id) => database.read((tx) => findPlan(tx, id)),
    waiting: (now) => database.read((tx) => valid(tx, "waiting", now)),
    accepted: (now) => database.read((tx) => valid(tx, "accepted", now)),
    decide: (decision) =>
      database.write(async (tx) => {
        const stored = await findPlan(tx, decision.planId);
        assertCanDecide(stored, decision);
        const state = decision.accepted ? "accepted" : "declined";
        const text = JSON.stringify(decision);
        await tx
          .updateTable("plans")
          .set({ state, decision: text })
          .where("id", "=", decision.planId)
          .execute();
        await recordDecided(tx, stored.plan, decision, text);
        return { ...stored, state, decision };
      }),
    discard: (planId, { at, found }) =>
      database.write(async (tx) => {
        const stored = await findPlan(tx, planId);
        if (stored?.state !== "waiting" && stored?.state !== "accepted") return;
        await tx.updateTable("plans").set({ state: "void" }).where("id", "=", planId).execute();
        await recordStale(tx, stored.plan, at, found);
      }),
    startRun: (planId, start) =>
      database.write(async (tx) => {
        const leaseUntil = after(await database.now(tx, start.at), start.leaseMs);
        return await startRun(tx, planId, { ...start, leaseUntil }, counting);
      }),
  };
}

/** Starts the run of a plan, in the caller's transaction. Throws the same errors as `PlanStore.startRun`. */
async function startRun(
  tx: Tx,
  planId: string,
  start: Parameters<PlanStore["startRun"]>[1] & { readonly leaseUntil: string },
  counting: Counting,
): Promise<Run> {
  const stored = await findPlan(tx, planId);
  assertCanApply(stored, start);
  const refusal = start.against?.refuse(await begunSince(tx, start.against.since));
  if (refusal) throw refusal;
  const { plan, decision } = stored;
  const startedAt = instant(start.at);
  await tx.updateTable("plans").set({ state: "used" }).where("id", "=", planId).execute();
  await tx
    .insertInto("runs")
    .values({
      id: start.runId,
      plan_id: planId,
      principal: plan.principal.id,
      effects: plan.effects.length,
      state: "running",
      owner: start.holder,
      lease_until: start.leaseUntil,
      evidence: null,
      tool: plan.tool,
      summary: plan.summary,
      result: null,
      stopped: null,
      started_at: startedAt,
      ended_at: null,
    })
    .execute();
  await insertEffects(tx, start.runId, plan, counting);
  await recordStarted(tx, plan, { ...start, decision });
  return {
    id: start.runId,
    plan,
    decision,
    state: "running",
    effects: foldJournal(plan.effects, []),
    evidence: null,
    stopped: null,
    requests: 0,
    startedAt,
    endedAt: null,
  };
}

/** The plans with this state that have not expired at `now`, the oldest first. */
async function valid(tx: ReadTx, state: "waiting" | "accepted", now: string): Promise<readonly StoredPlan[]> {
  const rows = await planRows(tx)
    .where("plans.state", "=", state)
    .where("plans.expires_at", ">", instant(now))
    .orderBy("plans.created_at")
    .orderBy("plans.id")
    .execute();
  return rows.map(storedPlan);
}

/** The stored plan with this id, read in the caller's transaction; null if there is no such plan. */
async function findPlan(tx: ReadTx, id: string): Promise<StoredPlan | null> {
  const row = await planRows(tx).where("plans.id", "=", id).executeTakeFirst();
  return row ? storedPlan(row) : null;
}

function planRows(tx: ReadTx) {
  return tx
    .selectFrom("plans")
    .leftJoin("runs", "runs.plan_id", "plans.id")
    .select(["plans.plan", "plans.state", "plans.decision", "runs.id as run_id"]);
}

/** The row of a plan. */
function storedPlan(row: Awaited<ReturnType<ReturnType<typeof planRows>["execute"]>>[number]): StoredPlan {
  return {
    plan: planFromJson(row.plan),
    state: readPlanState(row.state),
    decision: row.decision === null ? null : (JSON.parse(row.decision) as Decision),
    runId: row.run_id,
  };
}
