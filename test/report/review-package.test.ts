import { expect, it } from "vitest";
import type { Finding, Review } from "../../src/domain/review.ts";
import { type ItemDecision, type ReviewRecord, type SignOffEntry } from "../../src/domain/sign-off.ts";
import { PACKAGE_FORMS } from "../../src/report/review-package.ts";
import { aReview } from "../store/fixtures.ts";

const AT = "2026-03-01T09:00:00.000Z";
const HASH = "a".repeat(64);

function found(idMember: string): Finding {
  return {
    id: `f_${idMember}`,
    kind: "not_in_roster",
    severity: "high",
    confidence: "certain",
    person: { idMember, label: idMember, email: null },
    places: [{ idOrganization: "w1", name: "Operations", role: "normal", boards: [] }],
    evidence: ["Not there."],
    remedy: "remove",
  };
}

/** Five people; a finding about each of the first three. */
function listed(id: string, without: readonly string[] = []): Review {
  const review = aReview(id);
  const [first = expect.unreachable()] = review.access.people;
  const people = ["m1", "m2", "m3", "m4", "m5"].filter((each) => !without.includes(each));
  return {
    ...review,
    findings: ["m1", "m2", "m3"].map(found),
    access: {
      ...review.access,
      people: people.map((idMember) => ({ ...first, idMember, name: `Person ${idMember}` })),
    },
  };
}
const decision = (idMember: string, word: ItemDecision["decision"], more: Partial<ItemDecision> = {}) => ({
  item: `${idMember}.w1`,
  decision: word,
  note: null,
  until: null,
  ...more,
});
const decided = (...decisions: readonly ItemDecision[]): SignOffEntry => ({
  kind: "decided",
  at: AT,
  by: "jo",
  reviewer: "user:jo",
  decisions,
});
const signed: SignOffEntry = { kind: "signed", at: AT, by: "jo", reviewer: "user:jo", hash: HASH };
const checked: SignOffEntry = {
  kind: "checked",
  at: AT,
  by: "Ada",
  client: "test/1",
  hash: HASH,
  list: "review_2",
  runs: [
    {
      id: "run_1",
      summary: "Remove 1 person",
      state: "applied",
      result: "PASS",
      decidedBy: "jo",
      endedAt: AT,
      changes: [
        { what: "Remove Person m1", state: "applied", confirmed: true },
        { what: "Remove Person m3", state: "applied", confirmed: false },
        { what: "Remove Person m9", state: "pending", confirmed: null },
      ],
      unfinished: [],
    },
  ],
};

function written(entries: readonly SignOffEntry[], after: Review | null = null): string {
  const record: ReviewRecord = {
    signOff: {
      reviewId: "review_1",
      name: "Q1",
      period: "2026-Q1",
      reviewers: ["user:jo", "user:bo"],
      at: AT,
      principal: { id: "m9", name: "Ada", client: "test/1" },
    },
    review: listed("review_1"),
    entries,
    after,
  };
  const [markdown] = PACKAGE_FORMS;
  return markdown.write(record);
}
const ALL = decided(
  decision("m1", "remove"),
  decision("m2", "keep", { note: "Works for the board" }),
  decision("m3", "keep"),
  decision("m4", "change", { note: "observer" }),
);

it.each<[string, readonly SignOffEntry[], Review | null, readonly string[]]>([
  [
    "that is signed by one of two, with a row that is open",
    [ALL, signed],
    null,
    [
      "- 5 people in workspaces: 2 keep, 1 change, 1 remove, 1 undecided",
      "- Kept although there is a finding: 2, of which 1 with a note or an end date",
      "- Signed by 1 of 2 reviewers",
      "- Not shown here: what was done after the sign-off",
    ],
  ],
  [
    "that is closed, with everything done",
    [ALL, decided(decision("m4", "keep"), decision("m3", "keep", { until: "2026-09-01" })), signed, checked],
    listed("review_2", ["m1"]),
    [
      "- 5 people in workspaces: 3 keep, 0 change, 1 remove, 1 undecided",
      "- Kept although there is a finding: 2, of which 2 with a note or an end date",
      "- Done afterwards: 1 run, evidence PASS; decided and not done: 0",
    ],
  ],
  [
    "that is closed, while someone is still there and a change was not made",
    [ALL, signed, checked],
    listed("review_2"),
    ["- Done afterwards: 1 run, evidence PASS; decided and not done: 2"],
  ],
])("the package of a review %s says so first", (_what, entries, after, lines) => {
  const text = written(entries, after);
  const [, short = ""] = /## In short\n\n([^]*?)\n\n## Sign-offs/.exec(text) ?? [];
  for (const line of lines) expect(short.split("\n")).toContain(line);
});

it("says of each change in a word whether it was found when everything was read again", () => {
  const text = written([ALL, signed, checked], listed("review_2"));
  expect(text).toContain("| Remove Person m1 | applied | holds |");
  expect(text).toContain("| Remove Person m3 | applied | does not hold |");
  expect(text).toContain("| Remove Person m9 | pending | not read again |");
});

it("writes the names of fields as code, and no name of a person", () => {
  const text = written([ALL, signed, checked], listed("review_2"));
  expect(text).toContain("SHA-256 of `signed` as JSON");
  expect(text).toContain("an object with `signed`, `signOffs` and `afterwards`");
  expect(text).not.toContain("\\`");
});
