import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Roster, RosterPerson, RosterStatus } from "../../src/domain/roster.ts";
import { matchRosters } from "../../src/reviews/match.ts";
import type { ReviewedPerson } from "../../src/reviews/people.ts";
import { rosterChanges, type RosterQuestion } from "../../src/reviews/roster-changes.ts";

const BOARDS: Readonly<Record<string, string>> = { Eng: "b1", Ops: "b2", Art: "b3" };

interface Drawn {
  readonly email?: string | null;
  readonly name?: string;
  readonly guest?: boolean;
  readonly teams?: readonly string[];
}

function member(
  n: number,
  { email = `p${n}@corp.example`, name = `Name ${n}`, guest, teams = [] }: Drawn = {},
) {
  const boards = teams.map((team) => ({ id: BOARDS[team] ?? "b0", name: team }));
  const membership = guest ? null : { memberType: "normal", unconfirmed: false, deactivated: false };
  return {
    idMember: `m${n}`,
    label: `m${n}`,
    member: { id: `m${n}`, fullName: name, memberType: "normal" },
    emails: email === null ? [] : [email],
    disputed: [],
    accountId: null,
    lastActive: null,
    places: [{ snapshot: {}, person: { idMember: `m${n}`, membership, boards, member: null }, boards }],
  } as unknown as ReviewedPerson;
}

function row(n: number, changes: Partial<RosterPerson> = {}): RosterPerson {
  return {
    row: `line ${n}`,
    emails: [`p${n}@corp.example`],
    name: `Name ${n}`,
    status: "active",
    says: null,
    accountId: null,
    role: null,
    ...changes,
  };
}
const rosterOf = (people: readonly RosterPerson[], gaps: readonly string[] = []): Roster => ({
  name: "HR",
  people,
  gaps,
});

function ask(people: readonly ReviewedPerson[], roster: Roster, more: Partial<RosterQuestion> = {}) {
  return rosterChanges({
    people,
    roster,
    earlier: null,
    owner: "owner",
    lastSize: null,
    mostGonePercent: 20,
    isTeam: (name) => name in BOARDS,
    teamsHeld: ({ places }) =>
      Object.keys(BOARDS).filter((team) =>
        places.some(({ boards }) => boards.some(({ id }) => id === BOARDS[team])),
      ),
    ...more,
  });
}
const numbers = (length: number) => Array.from({ length }, (_, n) => n);

describe("a roster of 500 people", () => {
  // 0 to 493 stay, of whom 0 to 3 move; 500 to 505 left; 600 to 604 are new; 605 was always there without Trello.
  const people = [
    ...numbers(495).map((n) => member(n, { teams: [n < 4 ? "Ops" : "Eng"] })),
    ...numbers(6).map((n) => member(500 + n, { teams: ["Eng"] })),
  ];
  const rows = [
    ...numbers(495).map((n) => row(n, { teams: ["Eng"] })),
    ...numbers(5).map((n) => row(600 + n, { teams: ["Ops"] })),
  ];

  it("with 5 joiners, 4 movers and 6 leavers gives exactly those, each with its reason", () => {
    const { joiners, movers, leavers, unsure } = ask(people, rosterOf(rows));
    expect(joiners.map(({ email }) => email)).toEqual(numbers(5).map((n) => `p${600 + n}@corp.example`));
    expect(movers.map(({ person, from, to }) => [person.idMember, ...from, ...to])).toEqual(
      numbers(4).map((n) => [`m${n}`, "Ops", "Eng"]),
    );
    expect(leavers.map(({ person }) => person.idMember)).toEqual(numbers(6).map((n) => `m${500 + n}`));
    expect(unsure).toEqual([]);
    expect(joiners.every(({ certainty }) => certainty === "certain")).toBe(true);
    for (const { why } of [...joiners, ...movers, ...leavers]) expect(why).toContain("HR");
  });

  it("with the leavers still listed as gone gives the same leavers", () => {
    const gone = numbers(6).map((n) => row(500 + n, { status: n % 2 ? "gone" : "blocked", says: "left" }));
    const { leavers } = ask(people, rosterOf([...rows, ...gone]));
    expect(leavers.map(({ person }) => person.idMember)).toEqual(numbers(6).map((n) => `m${500 + n}`));
    expect(leavers[0]?.why).toContain("HR says left (line 500");
  });

  it("cut in half gives no plan", () => {
    const half = rosterOf(rows.slice(0, 250));
    expect(() => ask(people, half)).toThrow(/may be incomplete\. No plan is made/);
    expect(() => ask(people, half, { earlier: rosterOf(rows) })).toThrow(/had 500 in the earlier review/);
  });

  it("that was not read completely gives no plan, and says what is missing", () => {
    expect(() => ask(people, rosterOf(rows, ["page 3 did not come."]))).toThrow(/page 3 did not come/);
    expect(() => ask(people, rosterOf([]))).toThrow(/has no people/);
  });
});

describe("with an earlier roster", () => {
  it("a joiner is new, a mover has another team than before, a leaver was on it", () => {
    const people = [
      ...numbers(20).map((n) => member(n)),
      member(50, { guest: true, teams: ["Art"] }),
      member(51),
    ];
    const earlier = rosterOf([...numbers(20).map((n) => row(n, { teams: ["Ops"] })), row(50), row(70)]);
    const roster = rosterOf([
      ...numbers(20).map((n) => row(n, { teams: [n === 3 ? "Eng" : "Ops"] })),
      row(70),
      row(71),
    ]);
    const { joiners, movers, leavers } = ask(people, roster, { earlier });
    // 70 was on it before and is not invited now; 51 was never on it and stays.
    expect(joiners.map(({ email }) => email)).toEqual(["p71@corp.example"]);
    expect(movers.map(({ person }) => person.idMember)).toEqual(["m3"]);
    expect(leavers.map(({ person }) => person.idMember)).toEqual(["m50"]);
  });

  it.each(["not_yet", "blocked", "gone"] as const)(
    "a person who was %s and is active now is a joiner",
    (status) => {
      const people = numbers(5).map((n) => member(n));
      const stay = numbers(5).map((n) => row(n));
      const earlier = rosterOf([...stay, row(9, { status })]);
      const { joiners } = ask(people, rosterOf([...stay, row(9)]), { earlier });
      expect(joiners.map(({ email }) => email)).toEqual(["p9@corp.example"]);
    },
  );

  it("a directory's row with another address is the same person", () => {
    const people = numbers(5).map((n) => member(n));
    const ids = (email: string) =>
      rosterOf([...numbers(5).map((n) => row(n)), row(9, { row: "00u9", emails: [email] })]);
    const { joiners } = ask(people, ids("married@corp.example"), { earlier: ids("born@corp.example") });
    expect(joiners).toEqual([]);
  });
});

describe("who is not certain is named and left", () => {
  const crowd = numbers(30).map((n) => member(n));
  const rows = numbers(30).map((n) => row(n));
  it.each<[string, Drawn, Partial<RosterPerson> | null, RegExp]>([
    [
      "a guest who is on no roster",
      { guest: true, teams: ["Eng"] },
      null,
      /is a guest or has an email of another domain/,
    ],
    ["a member of another domain", { email: "x@agency.example" }, null, /another domain/],
    [
      "a name alone that is gone",
      { email: null },
      { emails: [], status: "gone" },
      /may have left, but this is not certain/,
    ],
    [
      "a second address that is gone",
      { email: "home@me.example" },
      { emails: [], weakEmails: ["home@me.example"], status: "blocked", name: "Other" },
      /may have left/,
    ],
  ])("%s", (_what, drawn, listed, says) => {
    const roster = rosterOf([...rows, ...(listed ? [row(99, listed)] : [])]);
    const { joiners, leavers, unsure } = ask([...crowd, member(99, drawn)], roster);
    expect([joiners, leavers]).toEqual([[], []]);
    expect(unsure.join("\n")).toMatch(says);
  });

  it("a newcomer who has the name of members, or an address that is there twice", () => {
    const twins = [member(98, { email: null, name: "Twin" }), member(99, { email: null, name: "Twin" })];
    const rowsNow = [
      ...rows,
      row(60, { name: "Twin" }),
      row(61, { name: "X" }),
      row(61, { name: "Y" }),
      row(62, { emails: [] }),
    ];
    const { joiners, unsure } = ask([...crowd, ...twins], rosterOf(rowsNow));
    expect(joiners).toEqual([]);
    expect(unsure.join("\n")).toMatch(/p60@corp\.example .* has the same name as a member/);
    expect(unsure.join("\n")).toMatch(/p61@corp\.example .* more than once/);
    expect(unsure.join("\n")).toMatch(/1 row of HR without an email: these people cannot be invited/);
  });

  it("newcomers, if members' emails are hidden: by name they are likely, without a name they are left", () => {
    const people = [...crowd, member(90, { email: null, name: "Hidden One" })];
    const roster = rosterOf([...rows, row(60, { name: "New One" }), row(61, { name: "" })]);
    const { joiners, unsure } = ask(people, roster);
    expect(joiners.map(({ email, certainty }) => [email, certainty])).toEqual([
      ["p60@corp.example", "likely"],
    ]);
    expect(unsure.join("\n")).toMatch(/p61@corp\.example: the emails of 1 member are hidden/);
  });

  it("a move to a team without boards, or from one of two teams", () => {
    const people = [...crowd, member(40, { teams: ["Ops"] }), member(41, { teams: ["Ops", "Art"] })];
    const roster = rosterOf([...rows, row(40, { teams: ["Law"] }), row(41, { teams: ["Eng"] })]);
    const { movers, unsure } = ask(people, roster);
    expect(movers).toEqual([]);
    expect(unsure.join("\n")).toMatch(/team_boards of the policy file has no team Law/);
    expect(unsure.join("\n")).toMatch(/not certain which team was left/);
  });

  it("guests of a directory, and people who have not started or whose status is not known", () => {
    const roster = rosterOf([
      ...rows,
      row(60, { isGuest: true, emails: ["x@agency.example"] }),
      row(61, { isGuest: true, emails: ["y@agency.example"], status: "not_yet" }),
      row(62, { status: "not_yet" }),
      row(63, { status: "unknown" }),
    ]);
    const { joiners, leavers, unsure } = ask(crowd, roster);
    expect([joiners, leavers]).toEqual([[], []]);
    expect(unsure.join("\n")).toMatch(/1 guest of HR is not in Trello/);
  });

  it("a guest of the directory who is shut out there leaves like everybody else", () => {
    const roster = rosterOf([
      ...rows,
      row(40, { isGuest: true, status: "blocked", says: "accountEnabled: false" }),
    ]);
    expect(ask([...crowd, member(40, { guest: true, teams: ["Eng"] })], roster).leavers).toHaveLength(1);
  });

  it("this server's own account", () => {
    const { leavers, unsure } = ask([...crowd, member(77)], rosterOf(rows), { owner: "m77" });
    expect(leavers).toEqual([]);
    expect(unsure.join()).toMatch(/own account is not removed/);
  });
});

describe("in any world", () => {
  const status = fc.constantFrom<RosterStatus>("active", "active", "not_yet", "unknown", "gone", "blocked");
  const address = fc.constantFrom(...numbers(6).map((n) => `p${n}@corp.example`));
  const addresses = fc.uniqueArray(address, { maxLength: 2 });
  const listed = fc.record({
    emails: addresses,
    weakEmails: addresses,
    status,
    name: fc.constantFrom("A", "B", "C", ""),
  });
  const someone = fc.record({
    email: fc.option(address, { nil: null }),
    name: fc.constantFrom("A", "B", "C", "D"),
    guest: fc.boolean(),
  });

  it("nobody leaves who is on the roster by a certain match, or who is only likely; nobody is two things", () => {
    fc.assert(
      fc.property(
        fc.array(someone, { maxLength: 6 }),
        fc.array(listed, { minLength: 1, maxLength: 6 }),
        fc.option(fc.array(listed, { maxLength: 6 }), { nil: null }),
        (drawn, now, then) => {
          const used = new Set<string>();
          const people = drawn.map((each, n) => {
            // A proven email belongs to one member.
            const isFree = each.email !== null && !used.has(each.email);
            if (each.email) used.add(each.email);
            return member(n, { ...each, email: isFree ? each.email : null });
          });
          const rows = now.map((each, n) => row(n, each));
          const earlier = then && rosterOf(then.map((each, n) => row(n, each)));
          const { joiners, leavers } = ask(people, rosterOf(rows), { earlier, mostGonePercent: 100 });
          const { of } = matchRosters(people, [rosterOf(rows)]);
          for (const { person } of leavers) {
            const match = of(person.idMember)[0];
            expect(match === undefined || match.confidence === "certain").toBe(true);
            const [email = ""] = person.emails;
            const certain = rows.filter(({ emails }) => emails.includes(email));
            const shuts = certain.length === 1 && ["gone", "blocked"].includes(certain[0]?.status ?? "");
            const isListed = rows.some(({ emails, weakEmails = [] }) =>
              [...emails, ...weakEmails].includes(email),
            );
            expect(person.emails.length === 1 && (shuts || !isListed)).toBe(true);
          }
          const known = new Set(people.flatMap(({ emails }) => emails));
          for (const { email } of joiners) expect(known.has(email)).toBe(false);
          expect(new Set(leavers.map(({ person }) => person.idMember)).size).toBe(leavers.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});
