import type { Effect } from "../../domain/effect.ts";
import { kindOf } from "../../effects/kinds.ts";

/** Whether `later` must not be sent because `earlier` failed: `later` needs what `earlier` would have made. */
export function dependsOn(later: Effect, earlier: Effect): boolean {
  const given = kindOf(earlier).gives(earlier);
  return kindOf(later)
    .needs(later)
    .some((key) => given.includes(key));
}

/**
 * Splits effects into groups whose effects are sent at the same time: effects of the same op that follow each other.
 * An effect that needs what its group makes begins a new group.
 */
export function groupsOf<Row extends { readonly effect: Effect }>(
  rows: readonly Row[],
): readonly (readonly Row[])[] {
  const all: Row[][] = [];
  let given = new Set<string>();
  for (const row of rows) {
    const { effect } = row;
    const kind = kindOf(effect);
    const last = all.at(-1);
    const joins = last?.[0]?.effect.op === effect.op && !kind.needs(effect).some((key) => given.has(key));
    if (last && joins) last.push(row);
    else {
      all.push([row]);
      given = new Set();
    }
    for (const key of kind.gives(effect)) given.add(key);
  }
  return all;
}
