const WIDTH = 110;
/** Neighbouring lines shorter than this share one. */
const SHORT = 40;

/** A question of the server folded for a small screen: each titled list becomes one line, cut at 110 characters. */
export function foldQuestion(question: string): readonly string[] {
  const folded: string[] = [];
  for (const line of question.split("\n")) {
    const last = folded.length - 1;
    if (line.trim() === "") continue;
    if (!line.startsWith("- ") || last < 0) folded.push(line);
    else folded[last] += `${folded[last]?.endsWith(":") ? " " : "; "}${line.slice(2)}`;
  }
  return joinShort(folded).map((line) => (line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`));
}

function joinShort(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && last.length < SHORT && line.length < SHORT)
      joined[joined.length - 1] = `${last}. ${line}`;
    else joined.push(line);
  }
  return joined;
}
