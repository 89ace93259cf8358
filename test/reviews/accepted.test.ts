import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/domain/review.ts";
import type { ItemDecision, ReviewRecord } from "../../src/domain/sign-off.ts";
import { acceptedItems, markAccepted } from "../../src/reviews/accepted.ts";
import { aReview } from "../store/fixtures.ts";

const place = (id: string) => ({ idOrganization: id, name: id, role: "normal", boards: [] });
const finding = (id: string, places = ["w1"], idMember = "m1"): Finding => ({
  id,
  kind: "dormant",
  severity: "medium",
  confidence: "certain",
  person: { idMember, label: idMember, email: null },
  places: places.map(place),
  evidence: ["Last active long ago."],
  remedy: "remove",
});

/** A review of one person in two workspaces, with these findings and decisions. */
function record(
  reviewId: string,
  decisions: readonly Partial<ItemDecision>[],
  { findings = [finding("f_1")], isSigned = true } = {},
): ReviewRecord {
  const one = aReview(reviewId);
  const [row] = one.access.people;
  const workspaces = ["w1", "w2"].map((id) => ({ id, name: id, boards: [] }));
  const people = [{ ...row!, letters: { w1: "M" as const, w2: "M" as const } }];
  const at = "2026-03-01T12:00:00.000Z";
  const made = decisions.map((each) => ({
    item: "m1.w1",
    decision: "keep" as const,
    note: "On leave",
    until: "2026-06-30",
    ...each,
  }));
  return {
    review: { ...one, findings, access: { workspaces, people } },
    signOff: {
      reviewId,
      name: "Q1",
      period: null,
      reviewers: ["user:jo"],
      at,
      principal: { id: "m9", name: "Ada", client: "test/1" },
    },
    entries: [
      { kind: "decided", at, by: "jo", reviewer: "user:jo", decisions: made },
      ...(isSigned ? [{ kind: "signed" as const, at, by: "jo", reviewer: "user:jo", hash: "0" }] : []),
    ],
    after: null,
  };
}

const acceptedOn = (today: string, records: readonly ReviewRecord[], findings = [finding("f_1")]) =>
  markAccepted(findings, acceptedItems(records, today)).map(({ accepted }) => accepted?.until ?? null);

describe("a finding that a reviewer accepted until 2026-06-30", () => {
  it.each([
    ["2026-03-01", "2026-06-30"],
    ["2026-06-30", "2026-06-30"],
    ["2026-07-01", null],
  ])("is, on %s, accepted until %s", (today, until) => {
    expect(acceptedOn(today, [record("r1", [{}])])).toEqual([until]);
  });

  const other = [{ item: "m1.w2" }];
  it.each([
    ["nothing was signed", [record("r1", [{}], { isSigned: false })]],
    ["it was kept without an end", [record("r1", [{ until: null, note: null }])]],
    ["the reviewer changed the decision", [record("r1", [{}, { decision: "remove", until: null }])]],
    ["the item of another workspace was accepted", [record("r1", other)]],
    ["the item had another finding then", [record("r1", [{}], { findings: [finding("f_2")] })]],
    ["a newer signed review keeps without an end", [record("r2", [{ until: null }]), record("r1", [{}])]],
    [
      "a newer signed review removes",
      [record("r2", [{ decision: "remove", until: null }]), record("r1", [{}])],
    ],
  ])("is there if %s", (_what, records) => {
    expect(acceptedOn("2026-04-01", records)).toEqual([null]);
  });

  it("stays accepted if a newer review is not signed, or decided about other items", () => {
    const old = record("r1", [{}]);
    const open = record("r2", [{ decision: "remove", until: null }], { isSigned: false });
    expect(acceptedOn("2026-04-01", [open, record("r3", other), old])).toEqual(["2026-06-30"]);
  });

  it("about several workspaces is accepted in all of them, until the first day", () => {
    const findings = [finding("f_1", ["w1", "w2"])];
    const half = record("r1", [{}], { findings });
    expect(acceptedOn("2026-04-01", [half], findings)).toEqual([null]);
    const both = record("r1", [{}, { item: "m1.w2", until: "2026-05-31" }], { findings });
    expect(acceptedOn("2026-04-01", [both], findings)).toEqual(["2026-05-31"]);
    expect(acceptedOn("2026-06-01", [both], findings)).toEqual([null]);
  });

  it("says until when, by whom and why, and leaves findings about others and about workspaces", () => {
    const items = acceptedItems([record("r1", [{}])], "2026-04-01");
    const about = { ...finding("f_3"), person: null };
    const [first, second, third] = markAccepted([finding("f_1"), finding("f_1", ["w1"], "m2"), about], items);
    expect(first?.evidence.at(-1)).toBe("Accepted until 2026-06-30 by jo: On leave (review r1).");
    expect([second?.accepted, third?.accepted]).toEqual([undefined, undefined]);
  });
});
