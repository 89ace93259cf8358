import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRecords, DELIMITERS } from "../../../src/planning/lists/csv.ts";

const read = (text: string, delimiter: (typeof DELIMITERS)[number] = ",") =>
  csvRecords(text.split("\n"), delimiter);
const rows = (text: string, delimiter?: (typeof DELIMITERS)[number]) =>
  read(text, delimiter).records.map(({ line, fields }) => [line, ...fields]);

describe("records of CSV", () => {
  it.each([
    [
      "quotes over lines",
      'a,"x\ny",b\nc,d,e',
      [
        [1, "a", "x\ny", "b"],
        [3, "c", "d", "e"],
      ],
    ],
    ["doubled quotes", '"say ""hi""",b', [[1, 'say "hi"', "b"]]],
    ["white space around quotes", '  "a,b"  , c ', [[1, "a,b", "c"]]],
    [
      "empty lines and empty rows",
      "\na,b\n\n,,\nc,d",
      [
        [2, "a", "b"],
        [5, "c", "d"],
      ],
    ],
    [
      "empty fields at the end",
      "a,b,,,\nc,,",
      [
        [1, "a", "b"],
        [2, "c"],
      ],
    ],
  ])("reads %s", (_what, text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  it("reads a Markdown table", () => {
    expect(rows("| Name | Email |\n|:---|---:|\n| Ada | a@x.org |", "|")).toEqual([
      [1, "Name", "Email"],
      [3, "Ada", "a@x.org"],
    ]);
  });

  it.each([
    ["a quote that never closes", 'a,b\nc,"d\ne,f\ng,h'],
    ["text after a closing quote", 'a,b\nc,"d"e\ne,f'],
    ["a quote inside a field", 'a,b\nc,d "e\nf" g,h'],
  ])("reads nothing from %s on", (_what, text) => {
    expect(read(text)).toMatchObject({ records: [{ line: 1, fields: ["a", "b"] }], unreadFrom: 2 });
  });

  it("counts the fields that were written, and knows a record that stands apart", () => {
    const { records } = read("a,b,\n\nc");
    expect(records).toMatchObject([
      { fields: ["a", "b"], width: 3, apart: false },
      { fields: ["c"], width: 1, apart: true },
    ]);
  });

  it("gives back every field, however it is written, with the line in which its record begins", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "ö", " ", '"', ",", ";", "\t", "|", "\n", "@") });
    const record = fc.array(
      field.map((text) => text.trim()),
      { minLength: 1, maxLength: 4 },
    );
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(record), fc.constantFrom(...DELIMITERS), (given, delimiter) => {
        const text = given.map((fields) => fields.map(quoted).join(delimiter)).join("\n");
        // The bars of a Markdown table are not CSV's.
        if (delimiter === "|") return;
        let line = 1;
        const expected = given.flatMap((fields) => {
          const start = line;
          line += fields.join("").split("\n").length;
          const end = fields.findLastIndex((each) => each !== "");
          return end < 0 ? [] : [{ line: start, fields: fields.slice(0, end + 1) }];
        });
        const { records, unreadFrom } = read(text, delimiter);
        expect(unreadFrom).toBeNull();
        expect(records.map(({ line: at, fields }) => ({ line: at, fields }))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...DELIMITERS), (text, delimiter) => {
        const { records, unreadFrom } = read(text, delimiter);
        for (const { line } of records) expect(line).toBeLessThan(unreadFrom ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
});
