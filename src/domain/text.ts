// Names and prose from upstream are data from strangers: shown, never obeyed.

// Control and format characters (bidirectional overrides, zero-width, tags, separators) that hide or reorder text.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

/** Upstream text made fit to show: invisible characters removed, white space folded, at most `max` characters. */
export function clean(text: string, max = 100): string {
  const folded = text
    .slice(0, max * 20)
    .replace(INVISIBLE, " ")
    .replace(/\s+/gu, " ")
    .trim();
  const characters = [...folded];
  return characters.length <= max ? folded : `${characters.slice(0, max - 1).join("")}…`;
}
