import type { Effect } from "../../domain/effect.ts";
import { kindOf } from "../../effects/kinds.ts";

/**
 * Whether `later` must not be sent because `earlier` failed: `later` needs what `earlier` would have made. Effects of
 * the same op never wait for each other, because they are sent at the same time.
 */
export function dependsOn(later: Effect, earlier: Effect): boolean {
  if (later.op === earlier.op) return false;
  const given = kindOf(earlier).gives(earlier);
  return kindOf(later)
    .needs(later)
    .some((key) => given.includes(key));
}
