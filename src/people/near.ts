import { nameKey } from "../domain/text.ts";

/** The words of a name in the form in which they are compared: without accents, case and punctuation. */
function wordsIn(text: string): readonly string[] {
  return nameKey(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/**
 * Whether two words differ by at most one typing error: one letter more, less or different, or two swapped neighbours.
 * Equal letters at both ends are cut off. The rest then shows the error, so no library for edit distances is needed.
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

/** "Bjoern Aakerstroem" for "Björn Åkerström": people whose keyboard lacks these letters write two letters for one. */
function unfolded(word: string): string {
  return word.replaceAll(/([aou])e/gu, "$1").replaceAll("aa", "a");
}

/** A shorter word must be the same: with one error it would match too many other words. */
const SHORTEST_WITH_ERROR = 4;

/**
 * How far a word of a query is from a word of a name: 0 if they are the same, null if the word of the query cannot
 * mean the word of the name.
 */
function distance(word: string, other: string): number | null {
  if (word === other) return 0;
  // The query "J." for the name "Jonas", or "Alex" for "Alexander".
  if (other.startsWith(word)) return 0.5;
  const isLong = word.length >= SHORTEST_WITH_ERROR && other.length >= SHORTEST_WITH_ERROR;
  if (isLong && unfolded(word) === unfolded(other)) return 0.5;
  if (isLong && isOneErrorApart(word, other)) return 1;
  // The query "Jonathan" for the name "Jon".
  return isLong && word.startsWith(other) ? 1.5 : null;
}

/** The sum of the distances from the words of `some` to the words of `all`; null if one of them has no such word. */
function distanceOf(some: readonly string[], all: readonly string[]): number | null {
  let sum = 0;
  for (const word of some) {
    const best = all.flatMap((other) => distance(word, other) ?? []);
    if (best.length === 0) return null;
    sum += Math.min(...best);
  }
  return sum;
}

/** At this distance or more, two texts have too little in common. */
const FARTHEST = 2;

/**
 * How near a text is to a name; null if the text does not look like the name. It is 0 if the name has all of its words,
 * in any order. Each initial, shortened word and typing error makes it larger. The text or the name may lack a middle
 * name.
 */
export function nearness(text: string, name: string): number | null {
  const [wanted, words] = [wordsIn(text), wordsIn(name)];
  // One letter alone is the initial of too many people.
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

/** The things whose names are similar to a text, the most similar first. */
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
