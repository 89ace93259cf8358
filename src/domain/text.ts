// Names and prose from upstream are data from strangers: shown, never obeyed.

// Control and format characters (bidirectional overrides, zero-width, tags, separators) that hide or reorder text, and
// what else is drawn as nothing (variation selectors, fillers), in which a message for a model can be hidden.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Upstream text made fit to show: invisible characters removed, white space folded, at most `max` characters. Letters are
 * composed (Unicode normalization form C), so that a name typed on one system is the name typed on another.
 */
export function clean(text: string, max = 100): string {
  const folded = text
    .slice(0, max * 20)
    .replace(INVISIBLE, " ")
    .normalize("NFC")
    .replace(/\s+/gu, " ")
    .trim();
  const characters = Array.from(folded);
  return characters.length <= max ? folded : `${characters.slice(0, max - 1).join("")}…`;
}

/**
 * A list in one line: "Ada, Bob and 3 more". `max` names are written out. `count` is the length of the whole list, if
 * `names` holds only its beginning. Names that contain commas need another separator.
 */
export function listNames(
  names: readonly string[],
  max = 10,
  { separator = ", ", count = names.length }: { readonly separator?: string; readonly count?: number } = {},
): string {
  const shown = names.slice(0, max);
  const more = count - shown.length;
  return `${shown.join(separator)}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Text fit to compare by: as `clean` makes it, in lower case. */
export function folded(text: string, max = 100): string {
  return clean(text, max).toLowerCase();
}

/** `1 board`, `2 boards`; `many` for nouns that do not end in `s`, such as `people`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
