import type { Effect } from "../../domain/effect.ts";
import { kindOf } from "../../effects/kinds.ts";

/**
 * Whether the effect `later` must not be sent if `earlier` failed, because it needs something that `earlier` would have
 * made true.
 */
export function dependsOn(later: Effect, earlier: Effect): boolean {
  const given = kindOf(earlier).gives(earlier);
  return kindOf(later)
    .needs(later)
    .some((key) => given.includes(key));
}

/**
 * Splits effects into groups; the effects of a group are sent at the same time. A group consists of neighbouring
 * effects of the same kind (`op`). If an effect needs something from its own group, it starts a new group.
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
