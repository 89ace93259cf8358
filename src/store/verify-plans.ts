import type { Decision } from "../domain/confirmation.ts";
import { decidedFacts, heldFacts } from "./events.ts";
import { digestOfVersion1, planFromJson, readPlanState } from "./old-shapes.ts";
import { agrees, readable, type Recorded, type RecordedPlan } from "./recorded.ts";
import { instant, type ReadTx, type Tables } from "./schema.ts";
import { type AuditEvent, factsOf } from "../domain/audit.ts";

/** One sentence for each plan and each decision that does not agree with the audit log. */
export async function changedPlans(tx: ReadTx, { plans, deleted }: Recorded): Promise<readonly string[]> {
  const changed: string[] = [];
  const ids = await tx.selectFrom("plans").select("id").orderBy("created_at").orderBy("id").execute();
  for (const { id } of ids) {
    // Plans are read one at a time, because each can be large.
    const row = await tx.selectFrom("plans").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    changed.push(...changesOf(row, plans.get(id)));
    if (deleted.has(id))
      changed.push(`Plan ${id} is in the store, although the audit log says that it was deleted.`);
  }
  const there = new Set(ids.map(({ id }) => id));
  return [
    ...changed,
    ...[...plans.keys()]
      .filter((id) => !there.has(id) && !deleted.has(id))
      .map((id) => `Plan ${id} was removed.`),
  ];
}

function changesOf(row: Tables["plans"], recorded: RecordedPlan | undefined): readonly string[] {
  const { id } = row;
  if (!recorded?.held) {
    const decision =
      row.decision === null ? [] : [`The decision on plan ${id} has no record in the audit log.`];
    return [`Plan ${id} has no record in the audit log.`, ...decision];
  }
  const { held } = recorded;
  const changed: string[] = [];
  if (!readable(() => isPlan(row, held))) changed.push(`Plan ${id} was changed after it was stored.`);
  if (!recorded.decided && row.decision !== null)
    changed.push(`The decision on plan ${id} has no record in the audit log.`);
  else if (!readable(() => isDecision(row, recorded)))
    changed.push(`The decision on plan ${id} was changed after it was made.`);
  return changed;
}

function isPlan(row: Tables["plans"], held: AuditEvent): boolean {
  const plan = planFromJson(row.plan);
  return (
    plan.id === row.id &&
    agrees(factsOf(held), heldFacts(plan, row.plan)) &&
    (isSealed({ held }) || plan.digest === digestOfVersion1(row.plan)) &&
    held.principal === plan.principal.id &&
    held.client === plan.principal.client &&
    held.tool === plan.tool &&
    row.created_at === instant(plan.createdAt) &&
    row.expires_at === instant(plan.expiresAt)
  );
}

/**
 * Whether the audit log contains the hash of the plan's text. Plans of version 1 of this program have no such hash. For
 * these plans, two facts are not checked: the times of their runs, because version 1 recorded slightly later times, and
 * whether the plan became void, because version 1 did not record it.
 */
export function isSealed({ held }: Pick<RecordedPlan, "held">): boolean {
  return held !== null && typeof factsOf(held)["hash"] === "string";
}

function isDecision(row: Tables["plans"], recorded: RecordedPlan): boolean {
  const { decided, state } = recorded;
  const found = readPlanState(row.state);
  if (found !== state && (found !== "void" || isSealed(recorded))) return false;
  if (decided === null || row.decision === null) return decided === null && row.decision === null;
  const decision = JSON.parse(row.decision) as Decision;
  return decision.planId === row.id && agrees(decided, decidedFacts(decision, row.decision));
}
