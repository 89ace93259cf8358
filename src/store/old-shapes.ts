import type { StoredFailure } from "../domain/error.ts";
import type { PlanState } from "../domain/stored-plan.ts";

// What earlier versions left in the store in another shape is read here and nowhere else. It is never rewritten: the
// audit chain and the digests are about what was stored.

/** A failure from the journal: JSON, or `CODE: sentence Next: what to do` as version 1 wrote it. */
export function readFailure(stored: string | null): StoredFailure | null {
  if (stored === null) return null;
  if (stored.startsWith("{")) return JSON.parse(stored) as StoredFailure;
  const [, code = "INTERNAL", message = stored, next = null] =
    /^([A-Z_]+): (.*?)(?: Next: (.*))?$/s.exec(stored) ?? [];
  return { code: code as StoredFailure["code"], message, next };
}

/** Where a plan stands; version 1 wrote `spent` for `used`. */
export function readPlanState(stored: PlanState | "spent"): PlanState {
  return stored === "spent" ? "used" : stored;
}
