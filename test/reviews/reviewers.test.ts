import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessLetter, AccessRow, Review } from "../../src/domain/review.ts";
import type { Roster, RosterPerson } from "../../src/domain/roster.ts";
import { itemsOf } from "../../src/domain/sign-off.ts";
import { createManagers } from "../../src/reviews/managers.ts";
import { assignItems } from "../../src/reviews/reviewers.ts";
import { aReview } from "../store/fixtures.ts";

const PLACES = ["w1", "w2"] as const;
const letter = fc.constantFrom<AccessLetter | undefined>("A", "A", "M", "O", "I", "D", undefined);
const person = fc.record({
  hasEmail: fc.boolean(),
  letters: fc.tuple(letter, letter),
  manager: fc.constantFrom("m0@x.y", "m1@x.y", "boss@x.y", undefined),
});

function reviewOf(drawn: readonly (typeof person extends fc.Arbitrary<infer T> ? T : never)[]): Review {
  const people = drawn.map(
    ({ hasEmail, letters, manager }, n): AccessRow => ({
      idMember: `m${n}`,
      name: `Person ${n}`,
      username: null,
      email: hasEmail ? `m${n}@x.y` : null,
      lastActive: null,
      letters: Object.fromEntries(PLACES.flatMap((id, w) => (letters[w] ? [[id, letters[w]]] : []))),
      ...(manager !== undefined && { manager }),
    }),
  );
  const workspaces = PLACES.map((id) => ({ id, name: `Workspace ${id}`, boards: [] }));
  return { ...aReview("review_1"), access: { workspaces, people } };
}

describe("the reviewers of each item", () => {
  it.each(["workspace_admins", "managers"] as const)(
    "are the %s, never the person, and the named people for what is left",
    (by) => {
      fc.assert(
        fc.property(fc.array(person, { minLength: 1, maxLength: 8 }), (drawn) => {
          const review = reviewOf(drawn);
          const { reviewers, items } = assignItems(review, by, ["named@x.y"]);
          const expected = new Map<string, string[]>();
          drawn.forEach(({ letters, manager }, n) => {
            PLACES.forEach((place, w) => {
              if (letters[w] === undefined) return;
              const admins = drawn.flatMap((each, k) =>
                each.letters[w] === "A" && each.hasEmail ? [`m${k}@x.y`] : [],
              );
              const wanted = by === "managers" ? (manager === undefined ? [] : [manager]) : admins;
              const others = wanted.filter((email) => email !== `m${n}@x.y` || !drawn[n]?.hasEmail);
              for (const reviewer of others.length > 0 ? others : ["named@x.y"])
                expected.set(reviewer, [...(expected.get(reviewer) ?? []), `m${n}.${place}`]);
            });
          });
          const found = Object.entries(items).map(([who, ids]) => [who, ids.toSorted()] as const);
          expect(new Map(found)).toEqual(new Map([...expected].map(([who, ids]) => [who, ids.toSorted()])));
          expect(reviewers).toEqual([...expected.keys()].toSorted());
          expect(new Set(Object.values(items).flat()).size).toBe(itemsOf(review).length);
        }),
        { numRuns: 200 },
      );
    },
  );

  it("must be there: without named people, it says who has none", () => {
    const alone = reviewOf([{ hasEmail: true, letters: ["A", undefined], manager: undefined }]);
    expect(() => assignItems(alone, "managers", [])).toThrow(/1 item would have no reviewer.*Person 0/);
    expect(() => assignItems(alone, "workspace_admins", [])).toThrow(/another admin of Workspace w1/);
  });
});

describe("the manager of a person", () => {
  const row = (id: string, more: Partial<RosterPerson>): RosterPerson => ({
    row: id,
    emails: [`${id}@x.y`],
    name: id,
    status: "active",
    says: null,
    accountId: null,
    role: null,
    ...more,
  });
  const boss = row("boss", {});
  const rosterOf = (name: string, person: RosterPerson): Roster => ({
    name,
    people: [boss, person],
    gaps: [],
  });
  it.each([
    ["by email, in any case", [{ manager: "Boss@X.y" }], "certain", "boss@x.y"],
    ["by the id of the manager's row", [{ manager: "boss" }], "certain", "boss@x.y"],
    ["by an id that no row has", [{ manager: "00u9" }], "certain", undefined],
    ["not named", [{ manager: null }], "certain", undefined],
    ["in a row that is only likely", [{ manager: "boss@x.y" }], "likely", undefined],
    ["the same in two rosters", [{ manager: "boss" }, { manager: "boss@x.y" }], "certain", "boss@x.y"],
    ["another in a second roster", [{ manager: "boss" }, { manager: "ann@x.y" }], "certain", undefined],
  ] as const)("%s", (_what, rows, confidence, expected) => {
    const matches = rows.map((more, n) => {
      const own = row("jo", more);
      return { roster: rosterOf(`HR ${n}`, own), row: own, by: "email", confidence };
    });
    expect(createManagers({ of: () => matches, unclear: [] })("m1")).toBe(expected);
  });
});
