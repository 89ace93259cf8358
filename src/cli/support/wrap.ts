/**
 * The narrowest width at which lines are broken. In a narrower terminal, each line would have only one or two words.
 */
const NARROWEST = 30;

/** How many characters fit into a line of the terminal; undefined if the output is no terminal. */
export function terminalWidth({ isTTY, columns }: NodeJS.WriteStream): number | undefined {
  // The width 0 means that the terminal does not know its width. Lines are then not broken.
  return isTTY && columns > 0 ? columns : undefined;
}

/**
 * The lines of a text, each at most as long as the terminal is wide. Words are not broken, so that a path or an address
 * can be copied. `hanging`: the number of spaces before every line except the first. Without `columns` (no terminal),
 * the text is one line.
 */
export function wrap(text: string, columns: number | undefined, hanging = 0): readonly string[] {
  if (columns === undefined || text.length <= columns) return [text];
  const width = Math.max(columns, NARROWEST);
  // The indent takes at most half of the width, so that the words have at least the other half.
  const indent = " ".repeat(Math.min(hanging, Math.floor(width / 2)));
  const [before = ""] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = before;
  for (const word of text.slice(before.length).split(" ")) {
    const isFirst = line.trim() === "";
    const longer = isFirst ? `${line}${word}` : `${line} ${word}`;
    if (isFirst || longer.length <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${indent}${word}`;
  }
  return [...lines, line];
}

/**
 * A name and what it means, as a row of a table whose second column begins at `width`. A long name has a line of its
 * own.
 */
export function tableRow(
  name: string,
  says: string,
  { width, columns }: { readonly width: number; readonly columns: number | undefined },
): readonly string[] {
  // In a narrow terminal, the explanation of a name stands on the line below the name.
  const start = columns !== undefined && columns < width * 2 ? Math.min(width, 6) : width;
  const meaning = wrap(`${" ".repeat(start)}${says}`, columns, start);
  const [first = ""] = meaning;
  if (name.length >= start) return [name, ...meaning];
  return [`${name.padEnd(start)}${first.slice(start)}`.trimEnd(), ...meaning.slice(1)];
}
