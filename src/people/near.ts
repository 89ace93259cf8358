import { nameKey } from "../domain/text.ts";

/** The words of a name as they are compared: without accents, punctuation and capital letters. */
function wordsIn(text: string): readonly string[] {
  return nameKey(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/**
 * Whether two words differ by at most one typing error: one letter more, one letter less, one wrong letter, or two
 * neighbouring letters swapped. Equal letters at both ends are removed first, and the rest shows the error.
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

/** The spelling of a word on keyboards without special letters: "Bjoern Aakerstroem" for "Björn Åkerström". */
function unfolded(word: string): string {
  return word.replaceAll(/([aou])e/gu, "$1").replaceAll("aa", "a");
}

/** A word with fewer than 4 letters must be exactly the same. With one error it would match too many words. */
const SHORTEST_WITH_ERROR = 4;

/** How different a searched word is from a word of a name. 0 if they are the same; null if they do not match. */
function distance(word: string, other: string): number | null {
  if (word === other) return 0;
  // A searched word may be the beginning of a name: "J." may mean "Jonas", and "Alex" may mean "Alexander".
  if (other.startsWith(word)) return 0.5;
  const isLong = word.length >= SHORTEST_WITH_ERROR && other.length >= SHORTEST_WITH_ERROR;
  if (isLong && unfolded(word) === unfolded(other)) return 0.5;
  if (isLong && isOneErrorApart(word, other)) return 1;
  // A searched word may be longer than the name: "Jonathan" starts with the name "Jon".
  return isLong && word.startsWith(other) ? 1.5 : null;
}

/**
 * The sum of the differences between each word of `some` and the most similar word of `all`; null if a word has no
 * match.
 */
function distanceOf(some: readonly string[], all: readonly string[]): number | null {
  let sum = 0;
  for (const word of some) {
    const best = all.flatMap((other) => distance(word, other) ?? []);
    if (best.length === 0) return null;
    sum += Math.min(...best);
  }
  return sum;
}

/** If the difference between a text and a name is more than 2, they are not similar. */
const FARTHEST = 2;

/**
 * How similar a text is to a name; null if it is not similar. 0 means that the name has all words of the text, in any
 * order. An initial, a short form or a typing error makes the number larger. A middle name may be missing in the text.
 */
export function nearness(text: string, name: string): number | null {
  const [wanted, words] = [wordsIn(text), wordsIn(name)];
  // One letter alone is not searched for: too many people have that initial.
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

/** The things with names similar to a text, the most similar first. */
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
