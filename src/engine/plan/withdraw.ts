import { type StoredPlan, unknownPlan } from "../../domain/decision-rules.ts";
import { clean } from "../../domain/text.ts";
import { type EngineDeps, isoNow } from "../context.ts";

/**
 * Takes back a waiting plan, or the approval of a plan whose run has sent nothing yet. CONFLICT once the run has sent
 * something. To withdraw is always safe, so every principal's plan can be withdrawn.
 */
export async function withdraw(
  { store, clock }: EngineDeps,
  planId: string,
  { by }: { readonly by: string },
): Promise<StoredPlan> {
  const at = isoNow(clock);
  const stored = await store.plans.get(planId);
  if (!stored) throw unknownPlan();
  const { plan, runId } = stored;
  if (runId === null) {
    const { digest } = plan;
    return await store.plans.decide({
      planId,
      digest,
      accepted: false,
      withdrawn: true,
      level: "approval",
      by,
      at,
    });
  }
  const message = `${clean(by)} withdrew the approval before anything was sent.`;
  const why = {
    code: "CONFIRMATION_DECLINED",
    message,
    next: "Ask that person before you plan it again.",
  } as const;
  await store.runs.stop(runId, { at, by, why, unsent: true });
  return stored;
}
