import { AppError } from "../domain/error.ts";
import type { PlanTier } from "../domain/trello.ts";

/**
 * Refuses the observer role where the plan tier does not have it, before Trello would with "Bad member type"
 * (observers come with Premium and Enterprise). An unknown tier is let through: Trello decides.
 */
export function checkRole(role: string, tier: PlanTier): void {
  if (role !== "observer" || (tier !== "free" && tier !== "standard")) return;
  throw new AppError(
    "INPUT_INVALID",
    `Observers come with Premium and Enterprise; this workspace is on ${tier}.`,
    {
      next: "Use the role normal, or have the plan upgraded.",
    },
  );
}
