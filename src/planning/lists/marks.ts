import { AppError } from "../../domain/error.ts";

const BULLET = /^([\s>]*)([-*+–—•·▪◦‣]|\d{1,3}[.)])\s/;
/**
 * From this difference of indentation (in characters), one entry counts as below another. A difference of one is
 * normal: in right-aligned numbers, "10." begins one character further left than "9.".
 */
const SAME_DEPTH = 2;

/**
 * Refuses a list in which only some entries are ticked, added (+), quoted, or below other entries. It is then not
 * certain who is meant: some entries may be people who stay, or managers of the others.
 */
export function assertOneKind(lines: readonly string[]): void {
  const people = lines.filter((line) => line.includes("@"));
  const bullets = people.flatMap((line) => {
    const [, before = "", mark = ""] = BULLET.exec(line) ?? [];
    return mark === "" ? [] : [{ depth: before.replaceAll("\t", "    ").length, mark }];
  });
  const depths = bullets.map(({ depth }) => depth);
  const ticks = lines.flatMap(
    (line) => /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?\[([ xX✓])\]\s/.exec(line)?.[1]?.trim() ?? [],
  );
  if (new Set(ticks.map((mark) => mark !== "")).size > 1) throw twoKinds("ticked");
  if (["+", "-"].every((sign) => bullets.some(({ mark }) => mark === sign)))
    throw twoKinds("marked with + and others with -", "");
  if (new Set(people.map((line) => /^\s*>/.test(line))).size > 1) throw twoKinds("quoted");
  if (depths.length > 0 && Math.max(...depths) - Math.min(...depths) >= SAME_DEPTH)
    throw twoKinds("below other entries");
}

function twoKinds(what: string, others = " and others are not"): AppError {
  return new AppError(
    "INPUT_INVALID",
    `Some entries of the list are ${what}${others}, so it is not certain which are meant.`,
    {
      next: "Call again with only the people who are meant, one in each line, without checkboxes or other marks.",
    },
  );
}
