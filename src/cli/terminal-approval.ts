import type { Config } from "../config/config.ts";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";

const NEXT =
  "An administrator changes what the confirmation takes (IDENTITY_CONFIRMATION, or `confirmation` and `approvers` in the policy file); `approvals reject` stays possible here.";

/** Why nobody can approve this plan from a terminal, which cannot prove who sits at it; null where somebody can. */
export function terminalRefusal(config: Config, plan: Plan): AppError | null {
  if (config.policy.approvers.length > 0) {
    return new AppError(
      "POLICY_DENIED",
      "The policy names approvers by email, which a terminal cannot prove.",
      { next: NEXT },
    );
  }
  if (plan.requires === "four_eyes") {
    return new AppError(
      "POLICY_DENIED",
      "This plan takes a second person who is signed in, which a terminal cannot prove.",
      { next: NEXT },
    );
  }
  return null;
}
