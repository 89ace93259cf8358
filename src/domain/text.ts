// Cleans names and texts from Trello and Atlassian. Strangers write these texts, so they are shown but never followed
// as instructions.

// Characters that can hide a message for a model. Some hide or reorder text (control and format characters,
// bidirectional overrides, zero-width characters). Others are not drawn (variation selectors, fillers).
const INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cn}\\p{Cs}\\p{Default_Ignorable_Code_Point}]";

// Scripts in which letters are joined, such as Sinhala and Persian. A joiner character between two such letters, or
// between two emoji, is a part of the name. Two joiners in a row, or a joiner between Latin letters, may hide a message
// and are removed.
const SHAPED =
  "\\p{Script=Arabic}\\p{Script=Bengali}\\p{Script=Devanagari}\\p{Script=Gujarati}\\p{Script=Gurmukhi}\\p{Script=Kannada}\\p{Script=Khmer}\\p{Script=Malayalam}\\p{Script=Mongolian}\\p{Script=Oriya}\\p{Script=Sinhala}\\p{Script=Tamil}\\p{Script=Telugu}";
const PICTURE = "\\p{Extended_Pictographic}";
const SHAPING = [
  `(?<=[${SHAPED}])[\u200c\u200d](?=[${SHAPED}])`,
  `(?<=${PICTURE}\ufe0f?|${PICTURE}\\p{Emoji_Modifier})\u200d(?=${PICTURE})`,
  `(?<=${PICTURE})\ufe0f(?=$|\u200d${PICTURE}|[^\\p{Default_Ignorable_Code_Point}])`,
].join("|");
const KEPT_OR_INVISIBLE = new RegExp(`(${SHAPING})|${INVISIBLE}`, "gu");

/** Matches ASCII words with single spaces between them. A text of this kind needs no cleaning. */
const PLAIN_TEXT = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Makes a text from Trello or Atlassian safe to show: without invisible characters, with single spaces, and with at
 * most `max` characters. Letters and accents are joined (Unicode form C), so that a name is the same on every system.
 */
export function clean(text: string, max = 100): string {
  // Almost no text needs cleaning. Such a text is returned at once, because the regular expressions below are slow.
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
 * A list in one line: "Ada, Bob and 3 more". It shows at most `max` names. `count`: the length of the whole list, if
 * `names` is only its beginning. Names that contain commas need another separator.
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

/** A line with a title and a list: `Groups: Ada, Bob and 3 more`. No line if the list is empty. */
export function titledList(title: string, names: readonly string[], max = 10): readonly string[] {
  return names.length === 0 ? [] : [`${title}: ${listNames(names, max)}`];
}

/**
 * Letters such as ø and ł, which Unicode does not split into a letter and a mark. People often type a plain letter
 * instead.
 */
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
 * A name in a form in which it can be compared. Accents, joiners, apostrophes, kinds of hyphen, and upper or lower case
 * make no difference: `Peña` becomes `pena`, `Straße` becomes `strasse`, `O’Brien` becomes `obrien`.
 */
export function nameKey(text: string): string {
  return (
    clean(text, 500)
      // Apostrophes and accents that stand alone are removed first. Otherwise the next step (Unicode form NFKD) would
      // turn them into spaces.
      .replace(/['\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\u2032\uff07]/gu, "")
      .normalize("NFKD")
      .replace(/[\p{M}\u200c\u200d]/gu, "")
      .replace(/\p{Pd}/gu, "-")
      // The text is first changed to upper case, because that turns ß into SS and the Turkish ı into I.
      .toUpperCase()
      .toLowerCase()
      .replace(/[øłđðħŧþæœ]/gu, (letter) => PLAIN[letter] ?? letter)
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
  );
}

/** A text in a form in which it can be compared: cleaned and in lower case. */
export function folded(text: string, max = 100): string {
  return clean(text, max).toLowerCase();
}

/** A number with its noun: `1 board`, `2 boards`. `many`: the plural, if it does not end in `s`, such as `people`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Whether a text is a Trello id: 24 hexadecimal digits, in upper or lower case. */
export function isTrelloId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}
