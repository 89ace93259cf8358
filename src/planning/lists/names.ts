import { isBeside, isProse, wordsOf } from "./words.ts";

// Small words inside names, such as "van" in "Ludwig van Beethoven" or "de la" in "Maria de la Cruz".
const PARTICLES = new Set(
  "von vom zu zur van der den de del della di da dal do dos das du des la le las los el al bin ibn ben bint abu ter ten af av i y e st san".split(
    " ",
  ),
);
const MOST_WORDS = 6;

/**
 * Whether a text looks like a person's name, such as "Lindqvist, Jonas". A text does not look like a name if it has a
 * word that is usual in messages: "Please offboard Jonas", "Requested by", "Thanks, Tomas". A text in lower case counts
 * as a name only if it is alone in its line or before an email.
 */
export function isNameShaped(text: string, isBeforeEmail = false): boolean {
  const name = text.replace(/\s*\([^()]*\)\s*$/, "").replaceAll(/["“”]/g, "");
  const parts = name.split(/[\s,]+/).filter(Boolean);
  if (parts.length === 0 || parts.length > MOST_WORDS || (name.match(/,/g) ?? []).length > 1) return false;
  if (!/^[\p{L}\p{M}\p{N}\s,.'’‘´`·・-]+$/u.test(name) || !parts.every((part) => /\p{L}/u.test(part)))
    return false;
  const words = wordsOf(text);
  if (isProse(words) || (!isBeforeEmail && isBeside(words))) return false;
  const lower = parts.filter((part) => /^\p{Ll}/u.test(part) && !PARTICLES.has(part.toLowerCase()));
  return lower.length === 0 || (lower.length === parts.length && parts.length <= (isBeforeEmail ? 2 : 1));
}

/** Turns "Lindqvist, Jonas" into "Jonas Lindqvist". Other names are returned unchanged. */
export function inOrder(name: string): string {
  const [last = "", first, ...more] = name.split(",").map((part) => part.trim());
  return first && more.length === 0 ? `${first} ${last}` : name;
}

/**
 * The names in a line that contains only names. "Last, First" is one name. Otherwise each part between commas is a
 * name.
 */
export function namesOfLine(parts: readonly string[], line: string): readonly string[] {
  const [last = ""] = parts;
  return parts.length === 2 && /^[^,;]*,[^,;]*$/.test(line) && !/\s/.test(last) ? [parts.join(", ")] : parts;
}
