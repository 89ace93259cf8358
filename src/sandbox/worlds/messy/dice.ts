import { hash } from "node:crypto";

/** A number that is always the same for the same words. */
export function rank(...words: readonly (string | number)[]): number {
  return Number.parseInt(hash("sha256", words.join(" "), "hex").slice(0, 8), 16);
}

/** So many of `from`, chosen by the topic alone: who is chosen for one topic says nothing of who is for another. */
export function deal<T>(topic: string, from: readonly T[], count: number): T[] {
  if (count > from.length) throw new Error(`${topic}: ${count} of ${from.length}`);
  return from
    .map((each, n) => ({ each, rank: rank(topic, n) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}

/** As `deal`, and what it deals is taken out of `pool`, so that no two topics share anybody. */
export function take<T>(topic: string, pool: T[], count: number): T[] {
  const taken = deal(topic, pool, count);
  for (const each of taken) pool.splice(pool.indexOf(each), 1);
  return taken;
}

/** One of `from`, by the topic and a number. */
export function pickOne<T>(topic: string, from: readonly T[], n: number): T {
  const found = from[rank(topic, n) % from.length];
  if (found === undefined) throw new Error(`${topic}: nothing to pick from`);
  return found;
}

/** Everything in thirds: the first, the second and the third value, by the topic. */
export function inThirds<T>(topic: string, n: number, values: readonly [T, T, T]): T {
  return values[rank(topic, n) % 3] ?? values[0];
}

export const DAY_MS = 86_400_000;
