import { expect, test } from "vitest";
import { setScimActive } from "../../src/effects/scim-users.ts";
import { planLines } from "../../src/report/plan-text.ts";
import { boardRemoval, runOf } from "./runs.ts";

const account = setScimActive.make({
  target: { scimId: "s1" },
  before: { active: true },
  after: { active: false },
  label: "Jonas Lindqvist <jonas@example.com>",
});
const changesOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith("    - "));

test("the terminal shows the account first, and each of forty boards by name", () => {
  const boards = Array.from({ length: 40 }, (_, n) => boardRemoval(`Board number ${n}`, n));
  const lines = planLines(runOf([...boards, account]).plan);
  const [first = "", second = ""] = changesOf(lines);
  expect(first).toMatch(/^ {4}- Deactivate the Atlassian account of Jonas Lindqvist <jonas@example.com>/);
  expect(second).toMatch(/^ {4}- Remove Jonas Lindqvist from 40 boards: Board number 0, /);
  for (let n = 0; n < 40; n += 1) expect(second).toMatch(new RegExp(`Board number ${n}(,|$)`));
  expect(second).not.toContain("more");
  expect(lines).toContain("  writes       41, of which 0 cannot be undone");
});

test("nothing that a board is called can move the cursor or start a line", () => {
  const lines = planLines(runOf([boardRemoval("\u001b[2J\u202eRoadmap\n    - Remove nobody")]).plan);
  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(changesOf(lines).filter((line) => line.includes("Remove nobody"))).toEqual([
    expect.stringContaining("Remove Jonas Lindqvist from board"),
  ]);
});
