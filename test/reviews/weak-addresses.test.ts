import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Roster, RosterPerson } from "../../src/domain/roster.ts";
import { matchRosters } from "../../src/reviews/match.ts";
import type { ReviewedPerson } from "../../src/reviews/people.ts";

const person = (n: number, emails: readonly string[], fullName = `Member ${n}`): ReviewedPerson =>
  ({ idMember: `m${n}`, label: `m${n}`, member: { fullName }, emails, disputed: [], places: [] }) as never;
const row = (n: number, changes: Partial<RosterPerson>): RosterPerson => ({
  row: `r${n}`,
  emails: [],
  name: `Row ${n}`,
  status: "active",
  says: null,
  accountId: null,
  role: null,
  ...changes,
});
const roster = (people: readonly RosterPerson[]): Roster => ({ name: "HR", people, gaps: [] });

describe("a second address or sign-in name", () => {
  it("matches as likely, never for certain", () => {
    const people = [person(1, ["jane@home.example"])];
    const { of } = matchRosters(people, [roster([row(1, { weakEmails: ["jane@home.example"] })])]);
    expect(of("m1")).toMatchObject([{ confidence: "likely", by: "a second address or sign-in name" }]);
  });

  it("does not match the row that certainly belongs to another person", () => {
    const rows = [row(1, { emails: ["ada@corp.example"], weakEmails: ["family@home.example"] })];
    const { of } = matchRosters(
      [person(1, ["ada@corp.example"]), person(2, ["family@home.example"])],
      [roster(rows)],
    );
    expect(of("m1")).toMatchObject([{ confidence: "certain" }]);
    expect(of("m2")).toEqual([]);
  });

  it("that two rows or two people share matches nobody", () => {
    const shared = { weakEmails: ["shared@home.example"] };
    const twoRows = matchRosters(
      [person(1, ["shared@home.example"])],
      [roster([row(1, shared), row(2, shared)])],
    );
    expect(twoRows.of("m1")).toEqual([]);
  });

  it("in any world: certain only by a certain address, and each row is used once", () => {
    const address = fc.constantFrom("a@x.example", "b@x.example", "c@x.example", "d@x.example");
    const addresses = fc.uniqueArray(address, { maxLength: 2 });
    const rows = fc.array(fc.record({ emails: addresses, weakEmails: addresses }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(addresses, { maxLength: 4 }), rows, (emails, drawn) => {
        const people = emails.map((each, n) => person(n, each));
        const list = roster(drawn.map((each, n) => row(n, each)));
        const { of } = matchRosters(people, [list]);
        const used = people.flatMap((one) =>
          of(one.idMember).map((match) => {
            const shares = (theirs: readonly string[] = []) =>
              one.emails.some((email) => theirs.includes(email));
            if (match.confidence === "certain") expect(shares(match.row.emails)).toBe(true);
            else expect(shares(match.row.weakEmails)).toBe(true);
            return match.row.row;
          }),
        );
        expect(new Set(used).size).toBe(used.length);
      }),
      { numRuns: 1000 },
    );
  });
});
