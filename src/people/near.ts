import { nameKey } from "../domain/text.ts";

/** Words of a name as they are compared: without marks, case and punctuation. */
function wordsIn(text: string): readonly string[] {
  return nameKey(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/**
 * Whether two words differ by at most one typing error: a letter too many, too few or another, or two neighbours swapped.
 * What is equal at both ends is cut off; the rest then shows the error, so no library for edit distances is needed.
 */
export function isOneErrorApart(one: string, other: string): boolean {
  const [a, b] = [Array.from(one), Array.from(other)];
  while (a.length > 0 && b.length > 0 && a[0] === b[0]) {
    a.shift();
    b.shift();
  }
  while (a.length > 0 && b.length > 0 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  const isSwapped = a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
  return isSwapped || (a.length <= 1 && b.length <= 1);
}

/** A word shorter than this is compared as it is: one error makes too many other words of it. */
const SHORTEST_WITH_ERROR = 4;

/** How far a word of a query is from a word of a name: 0 for the same, null if the one cannot mean the other. */
function distance(word: string, other: string): number | null {
  if (word === other) return 0;
  // "J. Lindqvist", "Alex" for "Alexander".
  if (other.startsWith(word)) return 0.5;
  const isLong = word.length >= SHORTEST_WITH_ERROR && other.length >= SHORTEST_WITH_ERROR;
  if (isLong && isOneErrorApart(word, other)) return 1;
  // "Jonathan" for a name of which "Jon" is the whole word.
  return isLong && word.startsWith(other) ? 1.5 : null;
}

/** How far the words of `some` are from those of `all` in the sum; null if one of them is not among those. */
function distanceOf(some: readonly string[], all: readonly string[]): number | null {
  let sum = 0;
  for (const word of some) {
    const best = all.flatMap((other) => distance(word, other) ?? []);
    if (best.length === 0) return null;
    sum += Math.min(...best);
  }
  return sum;
}

/** From here on, two texts have too little in common. */
const FARTHEST = 2;

/**
 * How near a text is to a name: 0 if all of its words are in the name, in any order, more for each initial, each shortened
 * word and each typing error; null if the text does not look like the name. A middle name may be missing on either side.
 */
export function nearness(text: string, name: string): number | null {
  const [wanted, words] = [wordsIn(text), wordsIn(name)];
  // One letter alone is everybody's initial.
  if (!wanted.some((word) => word.length >= 2) || words.length === 0) return null;
  const joined = [wanted.join(""), words.join("")] as const;
  const isLong = joined[0].length >= SHORTEST_WITH_ERROR;
  if (joined[0] === joined[1]) return 0;
  if (isLong && isOneErrorApart(...joined)) return 1;
  const within = distanceOf(wanted, words);
  const around = words.length > 1 && wanted.length > words.length ? distanceOf(words, wanted) : null;
  const found = [within, around === null ? null : around + 0.5].flatMap((each) => each ?? []);
  if (found.length > 0) return Math.min(...found) <= FARTHEST ? Math.min(...found) : null;
  return isLong && joined[1].includes(joined[0]) ? 1 : null;
}

/** The things whose names are near to a text, the nearest first. */
export function nearest<Thing>(
  text: string,
  things: readonly Thing[],
  namesOf: (thing: Thing) => readonly string[],
): readonly Thing[] {
  const ranked = things.flatMap((thing) => {
    const found = namesOf(thing).flatMap((name) => nearness(text, name) ?? []);
    return found.length === 0 ? [] : [{ thing, far: Math.min(...found) }];
  });
  return ranked.toSorted((a, b) => a.far - b.far).map(({ thing }) => thing);
}
