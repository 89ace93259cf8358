import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/domain/error.ts";
import { isHeading } from "../../../src/planning/lists/header.ts";
import { readEmails } from "../../../src/planning/lists/invitees.ts";

const email = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,12}$/), fc.stringMatching(/^[a-z0-9]{1,10}$/))
  .map(([local, host]) => `${local}@${host}.org`);

/** A list as it is read, or null if it is refused as a whole; any other failure is thrown. */
function readOrRefuse(input: string | readonly string[]) {
  try {
    return readEmails(input);
  } catch (error) {
    if (error instanceof AppError && error.code === "INPUT_INVALID") return null;
    throw error;
  }
}

describe("a pasted list of emails", () => {
  it.each([
    ["a@x.org,b@x.org", ["a@x.org", "b@x.org"]],
    ["a@x.org; b@x.org\tc@x.org  d@x.org", ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]],
    ["a@x.org\r\nb@x.org\rc@x.org\n", ["a@x.org", "b@x.org", "c@x.org"]],
    ["A@X.Org", ["a@x.org"]],
    ["<mailto:a@x.org>, 'b@x.org', (c@x.org), d@x.org.", ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]],
    ["Doe, Jane <jane@x.org>; bob@x.org; Max <max@x.org>", ["jane@x.org", "bob@x.org", "max@x.org"]],
    ["o'brien+it@sub.x-y.co.uk", ["o'brien+it@sub.x-y.co.uk"]],
  ])("reads %j", (text, expected) => {
    const { people, problems } = readEmails(text);
    expect(people.map((row) => row.value)).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it("keeps a name with the bracket that follows it", () => {
    const { people } = readEmails('x@x.org, "Doe, Jane" <jane@x.org>');
    expect(people).toEqual([
      { line: 1, kind: "email", value: "x@x.org", teams: [] },
      { line: 1, kind: "email", value: "jane@x.org", fullName: "Doe, Jane", teams: [] },
    ]);
  });

  it("names what is no email by its line, and harms no other", () => {
    const { people, problems } = readEmails("a@x.org\nbroken\nb@x.org\n@x.org\nJane <nowhere>");
    expect(people.map((row) => row.value)).toEqual(["a@x.org", "b@x.org"]);
    expect(problems.map(({ line, text }) => [line, text])).toEqual([
      [2, "broken"],
      [4, "@x.org"],
      [5, "Jane <nowhere>"],
    ]);
  });

  it("takes an email once, and says where it came again", () => {
    const { people, problems } = readEmails("a@x.org\nA@x.org");
    expect(people).toHaveLength(1);
    expect(problems).toEqual([{ line: 2, text: "a@x.org", why: "already on line 1" }]);
  });

  it("leaves out a name that two people have, since it would not tell them apart", () => {
    const { people } = readEmails("Kim Lee <a@x.org>, Kim Lee <b@x.org>, Jo Roe <c@x.org>, d@x.org");
    expect(people.map(({ fullName }) => fullName)).toEqual([undefined, undefined, "Jo Roe", undefined]);
  });

  it.each([
    `${"a".repeat(65)}@x.org`,
    `a@${"b".repeat(250)}.org`,
    "a@b",
    "a@@b.org",
    "a b@c@d.org",
    "a@-b.org",
  ])("does not take %s for an email", (text) => {
    expect(readOrRefuse([text])?.people.map((row) => row.value) ?? []).not.toContain(text);
  });

  it("throws nothing but INPUT_INVALID, and cleans what it tells", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), (text) => {
        const { people, problems } = readOrRefuse(text) ?? { people: [], problems: [] };
        for (const row of people) expect(row.value).toMatch(/^[^\s@]+@[^\s@]+\.[^\s@]+$/);
        for (const problem of problems) {
          expect(problem.text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect([...problem.text].length).toBeLessThanOrEqual(80);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("loses nobody: a list is refused as a whole, or every non-empty line is an invitee or a problem", () => {
    const line = fc.oneof(
      email,
      fc.string(),
      fc.constantFrom("", "  ", ",;", "x <y>", "<>", "a@x.org <b@x.org>", "broken", "b@x", "Ada Roe"),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const list = readOrRefuse(lines);
        if (!list) return;
        const seen = new Set([...list.people, ...list.problems].map((row) => row.line));
        // The words of a heading, such as CN, name no one, and a note has the lines above it.
        const below = lines.findLastIndex((text) => isHeading(text));
        const lost = lines.filter(
          (text, index) => /[\p{L}\p{N}@]/u.test(text) && index > below && !seen.has(index + 1),
        );
        expect(lost).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("loses no email, whatever separates them and stands around them", () => {
    const around = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => `<${text}>`,
      (text) => `Jane Roe <${text}>`,
      (text) => `"Roe, Jane" <${text}>`,
      (text) => `mailto:${text}`,
      (text) => text.toUpperCase(),
    );
    // All in one line, or one a line: several in each of several lines may be a table.
    const separators = fc.oneof(
      fc.array(fc.constantFrom(", ", "; ", " ;\t", ",,"), { minLength: 1 }),
      fc.array(fc.constantFrom("\n", "\r\n", ",\n", ";\r\n"), { minLength: 1 }),
    );
    const pieces = fc.array(fc.tuple(email, around), { minLength: 1 });
    fc.assert(
      fc.property(pieces, separators, (given, ends) => {
        const text = given.map(([each, wrap], n) => wrap(each) + (ends[n % ends.length] ?? "")).join("");
        const { people } = readEmails(text);
        expect(new Set(people.map((row) => row.value))).toEqual(new Set(given.map(([each]) => each)));
      }),
      { numRuns: 500 },
    );
  });

  it("reads the same list the same way twice, and its own result again", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(email, fc.string())), (lines) => {
        const once = readOrRefuse(lines);
        expect(readOrRefuse(lines)).toEqual(once);
        if (!once) return;
        const emails = once.people.map((row) => row.value);
        expect(readEmails(emails).people.map((row) => row.value)).toEqual(emails);
        expect(readEmails(emails).problems).toEqual([]);
      }),
    );
  });
});
