import { describe, expect, test } from "vitest";
import { setScimActive } from "../../src/effects/scim-users.ts";
import { PLAN_DETAILS, planText } from "../../src/report/plan-text.ts";
import { boardRemoval, runOf } from "./runs.ts";

const account = setScimActive.make({
  target: { scimId: "s1" },
  before: { active: true },
  after: { active: false },
  label: "Jonas Lindqvist <jonas@example.com>",
});
type Plan = ReturnType<typeof runOf>["plan"];
const linesFor = (plan: Plan, who: keyof typeof PLAN_DETAILS) =>
  planText(plan, { detail: PLAN_DETAILS[who], title: ["Title"] }).split("\n");
const changesOf = (lines: readonly string[]) => lines.filter((line) => /^- (Remove|Deactivate)/.test(line));

test("the terminal shows the account first, and each of forty boards by name", () => {
  const boards = Array.from({ length: 40 }, (_, n) => boardRemoval(`Board number ${n}`, n));
  const lines = linesFor(runOf([...boards, account]).plan, "terminal");
  const [first = "", second = ""] = changesOf(lines);
  expect(first).toMatch(/^- Deactivate the Atlassian account of Jonas Lindqvist <jonas@example.com>/);
  expect(second).toMatch(/^- Remove Jonas Lindqvist from 40 boards: Board number 0, /);
  for (let n = 0; n < 40; n += 1) expect(second).toMatch(new RegExp(`Board number ${n}(,|$)`));
  expect(second).not.toContain("more");
  expect(lines).toContain("Changes (41):");
});

test("nothing that a board is called can move the cursor or start a line", () => {
  const plan = runOf([boardRemoval("\u001b[2J\u202eRoadmap\n- Remove nobody")]).plan;
  for (const who of ["question", "answer", "terminal"] as const) {
    const lines = linesFor(plan, who);
    expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(changesOf(lines)).toEqual([expect.stringContaining("Remove Jonas Lindqvist from board")]);
  }
});

describe("question, answer and terminal", () => {
  const { plan } = runOf([boardRemoval("Roadmap"), account]);
  const told: Plan = {
    ...plan,
    impact: { ...plan.impact, irreversible: 1, notes: ["Loses Jira."] },
    warnings: Array.from({ length: 250 }, (_, n) => `Warning ${n} ${"x".repeat(400)}`),
    blindSpots: ["Private boards."],
    untouched: ["The account."],
  };

  test("tell the same in the same order", () => {
    const titles = (["question", "answer", "terminal"] as const).map((who) =>
      linesFor(told, who).filter((line) => line.endsWith(":")),
    );
    expect(titles[0]).toEqual([
      "Changes (2, 1 cannot be undone):",
      "People:",
      "Impact:",
      "Warnings:",
      "Not visible:",
      "Stays as it is:",
    ]);
    expect(titles[1]).toEqual(titles[0]);
    expect(titles[2]).toEqual(titles[0]);
  });

  test("and only a question cuts long lists, saying how many lines it leaves out", () => {
    const warnings = (who: keyof typeof PLAN_DETAILS) =>
      linesFor(told, who).filter((line) => line.startsWith("- Warning"));
    expect(warnings("question")).toHaveLength(200);
    expect(Math.max(...warnings("question").map((line) => line.length))).toBeLessThanOrEqual(302);
    expect(linesFor(told, "question")).toContain("- and 50 more");
    for (const who of ["answer", "terminal"] as const) {
      expect(warnings(who)).toHaveLength(250);
      expect(warnings(who)[0]?.length).toBeGreaterThan(400);
    }
  });
});
