// Finds the name that a person probably meant but typed wrongly.

/**
 * The name that `typed` probably means; null if there is none. The first choice is the most similar name, with at most
 * a third of the letters wrong. Otherwise, it is the only name that begins with `typed`. If no name or several names
 * begin so, it is the only name whose last words are `typed`.
 */
export function nearest<Name extends string>(typed: string, names: readonly Name[]): Name | null {
  const wanted = typed.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { readonly name: Name; readonly mistakes: number } | null = null;
  for (const name of names) {
    const mistakes = typingMistakes(name.toLowerCase(), wanted, limit);
    if (mistakes <= limit && mistakes < (best?.mistakes ?? Number.POSITIVE_INFINITY))
      best = { name, mistakes };
  }
  if (best) return best.name;
  if (wanted.length < 2) return null;
  const only = (part: (name: string) => boolean): Name | null => {
    const found = names.filter((name) => part(name.toLowerCase()));
    return found.length === 1 ? (found[0] ?? null) : null;
  };
  // `http-port` means `identity-http-port`: people leave out the word with which every name begins.
  return only((name) => name.startsWith(wanted)) ?? only((name) => name.endsWith(`-${wanted}`));
}

/** ` Did you mean X?` for the end of a message; empty if no name is near. */
export function meantText(typed: string, names: readonly string[], show = (name: string) => name): string {
  const meant = nearest(typed, names);
  return meant === null ? "" : ` Did you mean ${show(meant)}?`;
}

/**
 * The number of typing mistakes between two texts: letters that were added, missing, wrong, or swapped with the next
 * letter. The result is infinite if the lengths differ by more than `limit`.
 */
export function typingMistakes(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          at(row - 1, column) + 1,
          (next[column - 1] ?? 0) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(next);
  }
  return at(a.length, b.length);
}
