import { hash } from "node:crypto";

/** A number that looks random but is computed from `words`. So the same words always give the same number. */
export function rank(...words: readonly (string | number)[]): number {
  return Number.parseInt(hash("sha256", words.join(" "), "hex").slice(0, 8), 16);
}

/**
 * Chooses `count` of the items in a way that looks random. `topic` is any text, such as "guests". For the same topic
 * and list, the same items are always chosen.
 */
export function deal<T>(topic: string, from: readonly T[], count: number): T[] {
  if (count > from.length) throw new Error(`${topic}: ${count} of ${from.length}`);
  return from
    .map((each, n) => ({ each, rank: rank(topic, n) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}

/** Like `deal`, but removes the chosen items from `pool`. So a later call cannot choose them for another topic. */
export function take<T>(topic: string, pool: T[], count: number): T[] {
  const taken = deal(topic, pool, count);
  for (const each of taken) pool.splice(pool.indexOf(each), 1);
  return taken;
}

/** Chooses one item in a way that looks random. The same `topic` and `n` always choose the same item of a list. */
export function pickOne<T>(topic: string, from: readonly T[], n: number): T {
  const found = from[rank(topic, n) % from.length];
  if (found === undefined) throw new Error(`${topic}: the list to pick from is empty`);
  return found;
}

/** Chooses one of three values, each about equally often. The same `topic` and `n` always choose the same value. */
export function inThirds<T>(topic: string, n: number, values: readonly [T, T, T]): T {
  return values[rank(topic, n) % 3] ?? values[0];
}

export const DAY_MS = 86_400_000;
