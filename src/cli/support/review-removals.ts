import type { ReviewDesk } from "../../approvals/viewer.ts";
import { toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { signedInOf } from "../../domain/planning.ts";
import type { Log } from "../../domain/runtime.ts";
import { type ReviewRecord, stateOf } from "../../domain/sign-off.ts";
import type { Engine } from "../../engine/engine.ts";
import { UNASKED_LIFE_MS } from "./duties.ts";

export interface RemovalDeps {
  readonly engine: Pick<Engine, "propose" | "signOffs" | "storePlan">;
  /** Shows a stored plan to the people who decide about it. */
  present(plan: Plan): Promise<unknown>;
  readonly log: Log;
}

/**
 * Makes the removals of named reviews. When the last reviewer signs on the pages, one plan is made for all removals.
 * The plan belongs to the person who started the review, and waits for an approval.
 */
export function reviewsThatPlan({ engine, present, log }: RemovalDeps): ReviewDesk {
  const { signOffs } = engine;

  async function planRemovals({ signOff }: ReviewRecord): Promise<void> {
    const { reviewId, principal, name } = signOff;
    try {
      const args = { reviewId, reason: `Decided in the access review ${name}` };
      const caller = { client: principal.client, subject: signedInOf(principal) };
      const plan = await engine.propose("remediate_review", args, caller, UNASKED_LIFE_MS);
      if (plan.effects.length > 0) await engine.storePlan(plan);
      await signOffs.keepRemovals(reviewId, {
        planId: plan.effects.length > 0 ? plan.id : null,
        problem: null,
      });
      if (plan.effects.length > 0) await present(plan);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      log("warn", { reviewId, code }, "the removals of a review could not be planned");
      await signOffs.keepRemovals(reviewId, { planId: null, problem: message }).catch(() => {});
    }
  }

  return {
    get: signOffs.get,
    list: signOffs.list,
    decide: signOffs.decide,
    async sign(reviewId, word, entries) {
      const record = await signOffs.sign(reviewId, word, entries);
      const { isSigned, decisions } = stateOf(record);
      const isRemoving = [...decisions.values()].some(({ decision }) => decision === "remove");
      // The reviewer does not wait until the plan is made. Making it takes long, because it reads the workspaces again.
      if (isSigned && isRemoving) void planRemovals(record);
      return record;
    },
  };
}
