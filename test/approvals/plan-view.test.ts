import { describe, expect, it } from "vitest";
import { leftText } from "../../src/approvals/views/frame.ts";
import { planView } from "../../src/approvals/views/plan.ts";
import { textOf } from "../../src/report/page.ts";
import { aPlan } from "../store/fixtures.ts";

const NOW = Date.parse("2026-03-10T06:30:00.000Z");
const MINUTE = 60_000;

it.each([
  [-5 * MINUTE, "0:00"],
  [999, "0:00"],
  [61_000, "1:01"],
  [15 * MINUTE, "15:00"],
  [119 * MINUTE, "119:00"],
  [120 * MINUTE, "2 hours"],
  [24 * 60 * MINUTE, "24 hours"],
  [47 * 60 * MINUTE, "47 hours"],
  [48 * 60 * MINUTE, "2 days"],
  [7 * 24 * 60 * MINUTE - 1, "6 days"],
])("%i ms before its end, a plan has %s left", (ms, text) => {
  expect(leftText(new Date(NOW + ms).toISOString(), NOW)).toBe(text);
});

describe("the page of a roster's plan", () => {
  const plan = aPlan({ expiresAt: new Date(NOW + 6 * 24 * 60 * MINUTE).toISOString() });
  const shown = textOf(
    planView(
      {
        plan: {
          ...plan,
          impact: {
            ...plan.impact,
            notes: [
              "Joins Ops, likely: okta has ada@corp.example.",
              "Moves, certain: okta has Bo in Eng.",
              "Leaves, certain: Cy: okta says SUSPENDED.",
              "Loses Jira",
              "Leaves nothing behind",
            ],
          },
        },
        state: "waiting",
        decision: null,
        runId: null,
      },
      {
        now: NOW,
        filter: { find: "", show: "all" },
        decision: {
          base: "/x",
          tokens: { approve: "a", reject: "r", withdraw: "w" },
          isOwn: false,
          refusal: null,
          mistake: null,
        },
        problem: null,
      },
    ),
  );
  const section = (title: string) => {
    const from = shown.indexOf(title);
    return from < 0 ? "" : shown.slice(from, shown.indexOf("</section>", from));
  };

  it("says how long it waits, without its script too", () => {
    expect(shown.match(/data-until="[^"]+">6 days</g)).toHaveLength(2);
  });

  it("says why each person is in it, apart from what is lost", () => {
    const why = section("Why each person is in this plan");
    for (const text of ["Joins Ops, likely", "Moves, certain", "Leaves, certain"])
      expect(why).toContain(text);
    const lost = section("What else is lost or charged");
    for (const text of ["Loses Jira", "Leaves nothing behind"]) {
      expect(lost).toContain(text);
      expect(why).not.toContain(text);
    }
  });
});
