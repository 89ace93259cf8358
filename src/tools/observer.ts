import { AppError } from "../domain/error.ts";
import type { PlanTier } from "../domain/trello.ts";

/**
 * Whether a plan tier has a role: observers come with Premium and Enterprise, and Trello refuses others with "Bad member
 * type". An unknown tier has it: Trello decides.
 */
export function hasRole(role: string, tier: PlanTier): boolean {
  return role !== "observer" || (tier !== "free" && tier !== "standard");
}

/** Refuses a role that the plan tier does not have, before Trello would. */
export function checkRole(role: string, tier: PlanTier): void {
  if (hasRole(role, tier)) return;
  throw new AppError("INPUT_INVALID", `${noObservers(tier)}.`, {
    next: "Use the role normal, or have the plan upgraded.",
  });
}

/** Why a row with the observer role is left out, without a full stop. */
export function noObservers(tier: PlanTier): string {
  return `Observers come with Premium and Enterprise; this workspace is on ${tier}`;
}
