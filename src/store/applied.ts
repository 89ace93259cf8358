import type { EffectOp } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { AppliedEffect } from "../domain/run.ts";
import { planFromJson } from "./old-shapes.ts";
import { inBatches, instant, type ReadTx } from "./schema.ts";
import type { RunStore } from "./store.ts";

type Query = Parameters<RunStore["applied"]>[0];

/**
 * Reads one page of the effects that were applied or found already done, in the caller's transaction.
 * `RunStore.applied` says which effects the page contains.
 */
export async function listApplied(tx: ReadTx, query: Query): Promise<readonly AppliedEffect[]> {
  const found: AppliedPosition[] = [];
  // Each kind of effect (`op`) has its own query, because the database index is sorted by time only within one kind.
  for (const op of new Set(query.ops)) {
    for (const row of await appliedRows(tx, op, query).execute()) {
      const { run_id: runId, effect: index, applied_at: at } = row;
      if (at !== null) found.push({ runId, index, at });
    }
  }
  const page = found.sort(newestFirst).slice(0, query.limit);
  const plans = await plansOf(tx, [...new Set(page.map(({ runId }) => runId))]);
  return page.flatMap((position) => {
    const plan = plans.get(position.runId);
    const effect = plan?.effects[position.index];
    return plan && effect
      ? [
          {
            cursor: cursorOf(position),
            ...position,
            effect,
            principal: plan.principal,
            ticket: plan.ticket,
          },
        ]
      : [];
  });
}

/** The query for one op. */
export function appliedRows(tx: ReadTx, op: EffectOp, query: Omit<Query, "ops">) {
  let rows = tx
    .selectFrom("effects")
    .select(["run_id", "effect", "applied_at"])
    .where("op", "=", op)
    .where("applied_at", "is not", null);
  if (query.idOrganization !== undefined) rows = rows.where("id_organization", "=", query.idOrganization);
  if (query.since !== undefined) rows = rows.where("applied_at", ">=", instant(query.since));
  if (query.before !== undefined) {
    const { at, runId, index } = positionOf(query.before);
    rows = rows.where((is) =>
      is(is.refTuple("applied_at", "run_id", "effect"), "<", is.tuple(at, runId, index)),
    );
  }
  return rows
    .orderBy("applied_at", "desc")
    .orderBy("run_id", "desc")
    .orderBy("effect", "desc")
    .limit(query.limit);
}

/**
 * The plans of the given runs, by run id. Each plan is read once in a separate query, because it is large and belongs
 * to many rows.
 */
async function plansOf(tx: ReadTx, runIds: readonly string[]): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const batch of inBatches(runIds)) {
    const rows = await tx
      .selectFrom("runs")
      .innerJoin("plans", "plans.id", "runs.plan_id")
      .select(["runs.id", "plans.plan"])
      .where("runs.id", "in", [...batch])
      .execute();
    for (const { id, plan } of rows) plans.set(id, planFromJson(plan));
  }
  return plans;
}

/**
 * The position of an effect in the list of applied effects. The list is sorted by time, then by run, then by the
 * effect's index.
 */
export interface AppliedPosition {
  readonly at: string;
  readonly runId: string;
  readonly index: number;
}

export function cursorOf({ at, runId, index }: AppliedPosition): string {
  return Buffer.from(`${at} ${index} ${runId}`).toString("base64url");
}

/** Reads a cursor of the list of applied effects. Throws INPUT_INVALID if the text is not such a cursor. */
function positionOf(cursor: string): AppliedPosition {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, at, index, runId] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z) (\d{1,9}) (.+)$/.exec(text) ?? [];
  if (at === undefined || index === undefined || runId === undefined) {
    throw new AppError("INPUT_INVALID", "The cursor does not come from this list.", {
      next: "Call without a cursor to start again.",
    });
  }
  return { at, runId, index: Number(index) };
}

/**
 * Compares two positions: the newest comes first. Texts are compared by their character codes, as the database does.
 */
function newestFirst(a: AppliedPosition, b: AppliedPosition): number {
  return descending(a.at, b.at) || descending(a.runId, b.runId) || b.index - a.index;
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}
