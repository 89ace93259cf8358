// Names and texts from upstream are written by strangers. They are shown and never followed as instructions.

// Characters that can hide a message for a model:
// - control and format characters that hide or reorder text (bidirectional overrides, zero-width characters, tags,
//   separators);
// - other characters that are not drawn (variation selectors, fillers).
const INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}\\p{Cs}\\p{Default_Ignorable_Code_Point}]";

// One joiner or non-joiner between two letters of these scripts, or between two emoji, belongs to the writing of the
// name (Sinhala, Persian, emoji). Two in a row, or one between Latin letters, are not drawn and may hide a message.
const SHAPED =
  "\\p{Script=Arabic}\\p{Script=Bengali}\\p{Script=Devanagari}\\p{Script=Gujarati}\\p{Script=Gurmukhi}\\p{Script=Kannada}\\p{Script=Khmer}\\p{Script=Malayalam}\\p{Script=Mongolian}\\p{Script=Oriya}\\p{Script=Sinhala}\\p{Script=Tamil}\\p{Script=Telugu}";
const PICTURE = "\\p{Extended_Pictographic}";
const SHAPING = [
  `(?<=[${SHAPED}])[\u200c\u200d](?=[${SHAPED}])`,
  `(?<=${PICTURE}\ufe0f?|${PICTURE}\\p{Emoji_Modifier})\u200d(?=${PICTURE})`,
  `(?<=${PICTURE})\ufe0f(?=$|\u200d${PICTURE}|[^\\p{Default_Ignorable_Code_Point}])`,
].join("|");
const KEPT_OR_INVISIBLE = new RegExp(`(${SHAPING})|${INVISIBLE}`, "gu");

/** Words of ASCII with single spaces between them: nothing in it has to be cleaned. */
const PLAIN_TEXT = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Upstream text made fit to show: without invisible characters, with single spaces, and at most `max` characters long.
 * Letters are composed (Unicode normalization form C), so that a name is the same on every system.
 */
export function clean(text: string, max = 100): string {
  // Almost every text is like this, and the expressions below are slow.
  if (text.length <= max && PLAIN_TEXT.test(text)) return text;
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

/** One line with a title and a list after it: `Groups: Ada, Bob and 3 more`. No line if the list is empty. */
export function titledList(title: string, names: readonly string[], max = 10): readonly string[] {
  return names.length === 0 ? [] : [`${title}: ${listNames(names, max)}`];
}

/** Letters with a stroke that Unicode does not split. People often type them without the stroke. */
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
 * A name in the form in which names are compared, which is how people type them. Accents, joiners, apostrophes, kinds
 * of hyphen, and upper or lower case do not count: `Peña` is `pena`, `STRASSE` is `straße`, `O’Brien` is `obrien`.
 */
export function nameKey(text: string): string {
  return (
    clean(text, 500)
      // Before NFKD, because NFKD turns the acute accent into a space.
      .replace(/['\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\u2032\uff07]/gu, "")
      .normalize("NFKD")
      .replace(/[\p{M}\u200c\u200d]/gu, "")
      .replace(/\p{Pd}/gu, "-")
      // Upper case first, because it turns ß into SS and the Turkish ı into I.
      .toUpperCase()
      .toLowerCase()
      .replace(/[øłđðħŧþæœ]/gu, (letter) => PLAIN[letter] ?? letter)
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
  );
}

/** Text made fit to compare: cleaned by `clean`, in lower case. */
export function folded(text: string, max = 100): string {
  return clean(text, max).toLowerCase();
}

/** `1 board`, `2 boards`; `many` for nouns that do not end in `s`, such as `people`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Whether a text is a Trello id in upper or lower case: 24 hexadecimal digits. */
export function isTrelloId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}
