import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableRow, wrap } from "../../../src/cli/support/wrap.ts";

const text = fc.stringMatching(/^ {0,4}[a-z./]{1,12}( [a-z./]{1,12}){0,20}$/);

describe("wrap", () => {
  test("loses no word, keeps the order, and fills no line more than the terminal has", () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 30, max: 120 }),
        fc.integer({ min: 0, max: 40 }),
        (line, columns, hanging) => {
          const lines = wrap(line, columns, hanging);
          expect(lines.join(" ").trim().split(/ +/)).toEqual(line.trim().split(/ +/));
          for (const each of lines) expect(each.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test("without a terminal, a text is one line", () => {
    const long = "a word ".repeat(100);
    expect(wrap(long, undefined, 4)).toEqual([long]);
  });

  test("a word that is too long stays whole, so that it can be copied", () => {
    const path = `/${"x".repeat(90)}`;
    expect(wrap(`report: ${path} and more`, 40, 2)).toEqual(["report:", `  ${path}`, "  and more"]);
  });

  test("the indentation of a text stays", () => {
    expect(wrap("    one two three four five six seven", 30, 6)).toEqual([
      "    one two three four five",
      "      six seven",
    ]);
  });
});

describe("tableRow", () => {
  test("a name that is too long has a line of its own", () => {
    expect(tableRow("  a-name", "what it means", { width: 8, columns: undefined })).toEqual([
      "  a-name",
      "        what it means",
    ]);
    expect(tableRow("  a", "what it means", { width: 8, columns: undefined })).toEqual([
      "  a     what it means",
    ]);
  });

  test("in a narrow terminal, the meaning stands below", () => {
    expect(tableRow("  IDENTITY_LOG_LEVEL", "trace, debug and so on", { width: 30, columns: 32 })).toEqual([
      "  IDENTITY_LOG_LEVEL",
      "      trace, debug and so on",
    ]);
  });
});
