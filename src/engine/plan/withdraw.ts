import { type StoredPlan, unknownPlan } from "../../domain/decision-rules.ts";
import { clean } from "../../domain/text.ts";
import { type EngineDeps, isoNow } from "../context.ts";
import type { Word } from "./stored-plans.ts";

/**
 * Withdraws a waiting plan, or an approval whose run has sent nothing yet. CONFLICT if the run has sent something. Any
 * person may withdraw any plan, because stopping is always safe.
 */
export async function withdraw(
  { store, clock }: EngineDeps,
  planId: string,
  word: Pick<Word, "by" | "level" | "email" | "subject" | "scope">,
): Promise<StoredPlan> {
  const at = isoNow(clock);
  const stored = await store.plans.get(planId);
  if (!stored) throw unknownPlan();
  const { plan, runId } = stored;
  const { by } = word;
  if (runId === null) {
    const { digest } = plan;
    return await store.plans.decide({ ...word, planId, digest, at, accepted: false, withdrawn: true });
  }
  const message = `${clean(by)} withdrew the approval before anything was sent.`;
  const why = {
    code: "CONFIRMATION_DECLINED",
    message,
    next: "Before you make the plan again, ask the person who withdrew the approval.",
  } as const;
  await store.runs.stop(runId, { at, by, why, unsent: true });
  return stored;
}
