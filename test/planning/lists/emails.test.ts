import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEmails } from "../../../src/planning/lists/emails.ts";

const email = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,12}$/), fc.stringMatching(/^[a-z0-9]{1,10}$/))
  .map(([local, host]) => `${local}@${host}.org`);

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
    const { invitees, problems } = readEmails(text);
    expect(invitees.map((row) => row.email)).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it("keeps a name with the bracket that follows it", () => {
    const { invitees } = readEmails('x@x.org, "Doe, Jane" <jane@x.org>');
    expect(invitees).toEqual([
      { line: 1, email: "x@x.org" },
      { line: 1, email: "jane@x.org", fullName: "Doe, Jane" },
    ]);
  });

  it("names what is no email by its line, and harms no other", () => {
    const { invitees, problems } = readEmails("a@x.org\nbroken\nb@x.org, @x.org\nJane <nowhere>");
    expect(invitees.map((row) => row.email)).toEqual(["a@x.org", "b@x.org"]);
    expect(problems.map(({ line, text }) => [line, text])).toEqual([
      [2, "broken"],
      [3, "@x.org"],
      [4, "Jane <nowhere>"],
    ]);
  });

  it("takes an email once, and says where it came again", () => {
    const { invitees, problems } = readEmails("a@x.org\nA@x.org");
    expect(invitees).toHaveLength(1);
    expect(problems).toEqual([{ line: 2, text: "a@x.org", why: "already on line 1" }]);
  });

  it("leaves out a name that two people have, since it would not tell them apart", () => {
    const { invitees } = readEmails("Kim Lee <a@x.org>, Kim Lee <b@x.org>, Jo Roe <c@x.org>, d@x.org");
    expect(invitees.map(({ fullName }) => fullName)).toEqual([undefined, undefined, "Jo Roe", undefined]);
  });

  it.each([
    `${"a".repeat(65)}@x.org`,
    `a@${"b".repeat(250)}.org`,
    "a@b",
    "a@@b.org",
    "a b@c@d.org",
    "a@-b.org",
  ])("does not take %s for an email", (text) => {
    expect(readEmails([text]).invitees.map((row) => row.email)).not.toContain(text);
  });

  it("never throws, and cleans what it tells", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), (text) => {
        const { invitees, problems } = readEmails(text);
        for (const row of invitees) expect(row.email).toMatch(/^[^\s@]+@[^\s@]+\.[^\s@]+$/);
        for (const problem of problems) {
          expect(problem.text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect([...problem.text].length).toBeLessThanOrEqual(80);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("loses nobody: every non-empty line is an invitee or a problem", () => {
    const line = fc.oneof(
      email,
      fc.string(),
      fc.constantFrom("", "  ", ",;", "x <y>", "<>", "a@x.org <b@x.org>"),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { invitees, problems } = readEmails(lines);
        const seen = new Set([...invitees, ...problems].map((row) => row.line));
        const lost = lines.filter((text, index) => /[^\s,;]/.test(text) && !seen.has(index + 1));
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
    const separator = fc.constantFrom(", ", "; ", "\n", "\r\n", " ;\t", ",,");
    fc.assert(
      fc.property(fc.array(fc.tuple(email, around, separator), { minLength: 1 }), (pieces) => {
        const { invitees } = readEmails(pieces.map(([text, wrap, end]) => wrap(text) + end).join(""));
        expect(new Set(invitees.map((row) => row.email))).toEqual(new Set(pieces.map(([text]) => text)));
      }),
      { numRuns: 500 },
    );
  });

  it("reads the same list the same way twice, and its own result again", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(email, fc.string())), (lines) => {
        const once = readEmails(lines);
        expect(readEmails(lines)).toEqual(once);
        const emails = once.invitees.map((row) => row.email);
        expect(readEmails(emails).invitees.map((row) => row.email)).toEqual(emails);
        expect(readEmails(emails).problems).toEqual([]);
      }),
    );
  });
});
