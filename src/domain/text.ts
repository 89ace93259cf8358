// Names and prose from upstream are data from strangers: shown, never obeyed.

// Control and format characters (bidirectional overrides, zero-width, tags, separators) that hide or reorder text, and
// what else is drawn as nothing (variation selectors, fillers), in which a message for a model can be hidden.
const INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}\\p{Cs}\\p{Default_Ignorable_Code_Point}]";

// A single joiner or non-joiner between two letters of these scripts, or between two emoji, is part of how the name is
// written (Sinhala, Persian, emoji). Two in a row, and those between Latin letters, draw nothing and may hide a message.
const SHAPED =
  "\\p{Script=Arabic}\\p{Script=Bengali}\\p{Script=Devanagari}\\p{Script=Gujarati}\\p{Script=Gurmukhi}\\p{Script=Kannada}\\p{Script=Khmer}\\p{Script=Malayalam}\\p{Script=Mongolian}\\p{Script=Oriya}\\p{Script=Sinhala}\\p{Script=Tamil}\\p{Script=Telugu}";
const PICTURE = "\\p{Extended_Pictographic}";
const SHAPING = [
  `(?<=[${SHAPED}])[\u200c\u200d](?=[${SHAPED}])`,
  `(?<=${PICTURE}\ufe0f?|${PICTURE}\\p{Emoji_Modifier})\u200d(?=${PICTURE})`,
  `(?<=${PICTURE})\ufe0f(?=$|\u200d${PICTURE}|[^\\p{Default_Ignorable_Code_Point}])`,
].join("|");
const KEPT_OR_INVISIBLE = new RegExp(`(${SHAPING})|${INVISIBLE}`, "gu");

/**
 * Upstream text made fit to show: invisible characters removed, white space folded, at most `max` characters. Letters are
 * composed (Unicode normalization form C), so that a name typed on one system is the name typed on another.
 */
export function clean(text: string, max = 100): string {
  const folded = text
    .slice(0, max * 20)
    .replace(KEPT_OR_INVISIBLE, (_found, kept: string | undefined) => kept ?? " ")
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

/** Letters that Unicode does not take apart and that people type without their stroke. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  ħ: "h",
  ŧ: "t",
  þ: "th",
  æ: "ae",
  œ: "oe",
};

/**
 * What names are compared by: as people type them. Marks, joiners, apostrophes and the kind of hyphen do not count, nor
 * does case: `Peña` is `pena`, `STRASSE` is `straße`, `O’Brien` is `obrien`.
 */
export function nameKey(text: string): string {
  return (
    clean(text, 500)
      // Before NFKD, which takes the acute accent for a space.
      .replace(/['\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\u2032\uff07]/gu, "")
      .normalize("NFKD")
      .replace(/[\p{M}\u200c\u200d]/gu, "")
      .replace(/\p{Pd}/gu, "-")
      // Upper case first: it takes ß to SS and the Turkish ı to I.
      .toUpperCase()
      .toLowerCase()
      .replace(/[øłđðħŧþæœ]/gu, (letter) => PLAIN[letter] ?? letter)
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
  );
}

/** Text fit to compare by: as `clean` makes it, in lower case. */
export function folded(text: string, max = 100): string {
  return clean(text, max).toLowerCase();
}

/** `1 board`, `2 boards`; `many` for nouns that do not end in `s`, such as `people`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
