import { hash } from "node:crypto";

/** A number. The same words always give the same number. */
export function rank(...words: readonly (string | number)[]): number {
  return Number.parseInt(hash("sha256", words.join(" "), "hex").slice(0, 8), 16);
}

/** Chooses some of `from` by the topic. The choice for one topic says nothing about the choice for another. */
export function deal<T>(topic: string, from: readonly T[], count: number): T[] {
  if (count > from.length) throw new Error(`${topic}: ${count} of ${from.length}`);
  return from
    .map((each, n) => ({ each, rank: rank(topic, n) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}

/** As `deal`, and the chosen ones are removed from `pool`, so that no two topics share a person. */
export function take<T>(topic: string, pool: T[], count: number): T[] {
  const taken = deal(topic, pool, count);
  for (const each of taken) pool.splice(pool.indexOf(each), 1);
  return taken;
}

/** Chooses one of `from` by the topic and a number. */
export function pickOne<T>(topic: string, from: readonly T[], n: number): T {
  const found = from[rank(topic, n) % from.length];
  if (found === undefined) throw new Error(`${topic}: the list to pick from is empty`);
  return found;
}

/** One of three values by the topic: each value goes to about a third. */
export function inThirds<T>(topic: string, n: number, values: readonly [T, T, T]): T {
  return values[rank(topic, n) % 3] ?? values[0];
}

export const DAY_MS = 86_400_000;
