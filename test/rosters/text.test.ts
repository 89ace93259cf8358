import { describe, expect, it } from "vitest";
import { textRoster } from "../../src/rosters/text.ts";

const rowsOf = (text: string, column?: string) =>
  textRoster(text, column).people.map(({ emails, name, status, role }) => [
    emails.join(" "),
    name,
    status,
    role,
  ]);

describe("a roster that is given as text", () => {
  it.each([
    ["Job title", "Employee", "Manager"],
    ["Position", "Mitarbeiter", "Vorgesetzte"],
    ["Termination date", "", "2026-12-31"],
    ["Last day", "-", "2027-01-31"],
    ["Comment", "do not call before noon", "works from home"],
    ["Laptop", "returned", "on hold"],
  ])("has facts about everybody, which say nothing about who is meant: %s", (heading, one, other) => {
    const { people } = textRoster(`email,${heading}\na@corp.example,${one}\nb@corp.example,${other}`);
    expect(people.map(({ status }) => status)).toEqual(["active", "active"]);
  });

  it.each([
    ["Laptop", "retired", "new"],
    ["Ticket", "Closed", "New"],
    ["Badge", "revoked", "active"],
  ])("concludes nothing from words of a status below an unknown heading: %s", (heading, one, other) => {
    const { people, notes } = textRoster(`email,${heading}\na@corp.example,${one}\nb@corp.example,${other}`);
    expect(people.map(({ status }) => status)).toEqual(["unknown", "active"]);
    expect(notes).toEqual([expect.stringContaining(`line 2 (${one})`)]);
  });

  it.each([
    [
      "CSV with a status column",
      "Work Email;Full Name;Account Status;Role\nAda@Corp.example;Ada Byron;Active;admin\nbo@corp.example;Bo Lindh;Suspended;\ncy@corp.example;Cy Okafor;Terminated;normal",
      [
        ["ada@corp.example", "Ada Byron", "active", "admin"],
        ["bo@corp.example", "Bo Lindh", "blocked", null],
        ["cy@corp.example", "Cy Okafor", "gone", "normal"],
      ],
    ],
    [
      "JSON objects",
      '[{"email":"ada@corp.example","name":"Byron, \\"Ada\\"","status":"active"},{"email":"bo@corp.example","name":"Bo","status":"deactivated"}]',
      [
        ["ada@corp.example", 'Byron, "Ada"', "active", null],
        ["bo@corp.example", "Bo", "blocked", null],
      ],
    ],
    [
      "CSV of which the managers are not the people",
      "email,name,manager_email\nada@corp.example,Ada,boss@corp.example",
      [["ada@corp.example", "Ada", "active", null]],
    ],
  ])("%s", (_what, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
    expect(textRoster(text).gaps).toEqual([]);
  });

  it.each([
    ["a row without a person", "email,name\nada@corp.example,Ada\nnot an address,Bo", /^Line 3 skipped/],
    [
      "a quote that never closes",
      'email,name\nada@corp.example,Ada\n"bo@corp.example,Bo',
      /quotes are not closed/,
    ],
    [
      "a second row for one address",
      "email,name\nada@corp.example,Ada\nADA@corp.example,Ada",
      /already on line 2/,
    ],
  ])("is not whole with %s", (_what, text, gap) => {
    const { people, gaps } = textRoster(text);
    expect(people).toHaveLength(1);
    expect(gaps.join("\n")).toMatch(gap);
  });

  it.each([
    ["names without emails", "name\nAda Byron\nBo Lindh", "No row of the roster has an email."],
    [
      "JSON of another shape",
      '[{"email":["a@corp.example"]}]',
      "The roster looks like JSON, but it is not a list of objects with simple values.",
    ],
    ["two columns of emails", "email,email\na@corp.example,b@corp.example", "Which column names the people"],
  ])("is refused with %s", (_what, text, message) => {
    expect(() => textRoster(text)).toThrow(message);
  });
});

it.each([
  ["email,team", "ada@corp.example,Engineering", ["Engineering"]],
  ["email,department", "ada@corp.example,Engineering", ["Engineering"]],
  ["Email;Abteilung", "ada@corp.example;Technik", ["Technik"]],
  // A team says more than a department.
  ["email,department,team", "ada@corp.example,R&D,Engineering", ["Engineering"]],
  ["email,name", "ada@corp.example,Ada Byron", undefined],
  // Other people's departments are not the person's.
  ["email,manager department", "ada@corp.example,Sales", undefined],
])("the teams of a row: %s", (header, line, teams) => {
  expect(textRoster(`${header}\n${line}`).people.map((row) => row.teams)).toEqual([teams]);
});
