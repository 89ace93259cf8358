import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCsv, readCsv, readEmailColumn } from "../../../src/planning/lists/csv.ts";

describe("a roster in CSV", () => {
  it("reads email, role, team and name, with quotes, a byte order mark and CRLF", () => {
    const csv =
      '\uFEFFemail,role,team,fullName\r\nA@x.org,Admin,Ops,"Doe, ""J"""\r\n\r\nb@x.org,member,,\r\n';
    expect(readCsv(csv)).toEqual({
      invitees: [
        { line: 2, email: "a@x.org", role: "admin", team: "Ops", fullName: 'Doe, "J"' },
        { line: 4, email: "b@x.org", role: "normal" },
      ],
      problems: [],
    });
  });

  it.each([
    ["semicolons", "email;role;team\na@x.org;guest;Ops"],
    ["tabs", "email\trole\tteam\na@x.org\tguest\tOps"],
    ["columns in another order", "Team,E-Mail,Role\nOps,a@x.org,guest"],
    ["empty lines first", "\n\nemail,role,team\na@x.org,guest,Ops"],
    ["columns that it does not know", "id,email,role,team\n7,a@x.org,guest,Ops"],
  ])("reads %s", (_what, csv) => {
    expect(readCsv(csv)).toMatchObject({
      invitees: [{ email: "a@x.org", role: "guest", team: "Ops" }],
      problems: [],
    });
  });

  it("names a wrong line with the reason, and harms no other", () => {
    const csv =
      'email,role\na@x.org,normal\nbroken,normal\nb@x.org,king\nc@x.org\n"d@x.org,normal\ne@x.org,\n';
    const { invitees, problems } = readCsv(csv);
    expect(invitees.map((row) => row.email)).toEqual(["a@x.org", "e@x.org"]);
    expect(problems.map(({ line, why }) => [line, why])).toEqual([
      [3, "not an email address"],
      [4, "role is none of member, normal, admin, observer, guest"],
      [5, "has 1 fields where the header has 2"],
      [6, "its quotes do not fit"],
    ]);
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("takes %s for no role", (role) => {
    const { invitees, problems } = readCsv(`email,role\na@x.org,${role}`);
    expect(invitees).toEqual([]);
    expect(problems).toMatchObject([{ line: 2, why: expect.stringMatching(/^role is none of member, /) }]);
  });

  it.each(["", "\n \n"])("takes %j for nobody", (csv) => {
    expect(readCsv(csv)).toEqual({ invitees: [], problems: [] });
  });

  it.each(["a@x.org,normal", "name,role\nx,y", '"email'])("wants a header with email, not %j", (csv) => {
    expect(() => readCsv(csv)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  const cell = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("a@x.org", "b@y.org", "admin", '"', '""', ",", ";", "\uFEFF", "__proto__", "constructor"),
  );

  it("never throws after a good header, and never loses a line", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { maxLength: 5 })),
        fc.constantFrom("\n", "\r\n", "\r"),
        (rows, end) => {
          const lines = rows.map((row) => row.join(",").replace(/[\r\n]/g, " "));
          const { invitees, problems } = readCsv(["email,role,team", ...lines].join(end));
          const seen = [...invitees, ...problems].map(({ line }) => line).sort((a, b) => a - b);
          const expected = lines.flatMap((line, index) => (line.trim() === "" ? [] : [index + 2]));
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("throws nothing but INPUT_INVALID, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          readCsv(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "INPUT_INVALID" });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("gives back every good row, however its fields are quoted", () => {
    const field = fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map((text) => text.trim());
    const row = fc.record({
      email: fc.stringMatching(/^[a-z0-9]{1,10}$/).map((name) => `${name}@x.org`),
      role: fc.constantFrom("", "normal", "member", "ADMIN", "observer", "Guest"),
      team: field,
      fullName: field,
    });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ email }) => email }), (rows) => {
        const lines = rows.map((each) =>
          [each.email, each.role, each.team, each.fullName].map(quoted).join(","),
        );
        const { invitees, problems } = readCsv(["email,role,team,fullName", ...lines].join("\n"));
        expect(problems).toEqual([]);
        expect(invitees.map(({ email }) => email)).toEqual(rows.map(({ email }) => email));
      }),
      { numRuns: 300 },
    );
  });

  it("reads the same file the same way twice", () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 4 })), (rows) => {
        const csv = `email,role,team\n${rows.map((row) => row.join(",")).join("\n")}`;
        expect(readCsv(csv)).toEqual(readCsv(csv));
      }),
    );
  });
});

describe("the emails of any CSV", () => {
  it("are read whatever the other columns hold", () => {
    const csv = "Name;E-Mail;Role\nJonas;A@x.org;Accountant\nMei;b@x.org;guest of honour\n";
    expect(readEmailColumn(csv)).toEqual({
      invitees: [
        { line: 2, email: "a@x.org" },
        { line: 3, email: "b@x.org" },
      ],
      problems: [],
    });
  });

  it("are not taken from a line in which a column has moved", () => {
    const csv =
      "manager,email,name\nboss@x.org,a@x.org,Doe, Jane\nDoe, Jane,boss@x.org,a@x.org\na@x.org,Jane\n";
    const { invitees, problems } = readEmailColumn(csv);
    expect(invitees).toEqual([]);
    expect(problems.map(({ line, why }) => [line, why])).toEqual([
      [2, "has 4 fields where the header has 3"],
      [3, "has 4 fields where the header has 3"],
      [4, "has 2 fields where the header has 3"],
    ]);
  });

  it.each([
    ["email,role\na@x.org,x", true],
    ['\uFEFF"Email"\na@x.org', true],
    ["Name;E-Mail;Role", true],
    ["Name,Work email", true],
    ["a@x.org, b@x.org", false],
    ["Email Jones <email@x.org>\nb@x.org", false],
    ["mailbot\njonas", false],
    ["", false],
  ])("are there in %j: %j", (text, csv) => {
    expect(isCsv(text)).toBe(csv);
  });
});
