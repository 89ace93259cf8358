import { describe, expect, test } from "vitest";
import { foldQuestion } from "../../src/cli/demo/question.ts";
import { renderReport, verdict } from "../../src/cli/demo/report.ts";
import type { RunReport } from "../../src/cli/demo/shapes.ts";

const RUN: RunReport = {
  id: "run_1",
  state: "applied",
  tool: "remove_from_boards",
  summary: "Remove Ada from 1 board",
  requestedBy: "Priya",
  client: "ticket-agent/1.0",
  reason: "left",
  ticket: null,
  decidedBy: "grace",
  decidedAt: "2026-10-01T10:00:00.000Z",
  level: "approval",
  digest: "d".repeat(64),
  startedAt: "2026-10-01T10:01:00.000Z",
  endedAt: "2026-10-01T10:01:02.000Z",
  effects: [
    {
      description: "Remove Ada from board Roadmap",
      state: "applied",
      before: { memberType: "normal" },
      after: null,
      attempts: 1,
      settledAt: "2026-10-01T10:01:01.000Z",
      error: null,
    },
  ],
  evidence: {
    result: "PASS",
    checkedAt: "2026-10-01T10:01:02.000Z",
    remaining: [],
    blindSpots: ["private boards"],
    remains: ["the account"],
    requests: 4,
  },
};
const EVIDENCE = RUN.evidence ?? expect.unreachable();

describe("verdict", () => {
  test("PASS needs every run applied and confirmed", () => {
    expect(verdict([RUN, RUN])).toBe("PASS");
    expect(verdict([])).toBe("INCOMPLETE");
    expect(verdict([RUN, { ...RUN, state: "partial" }])).toBe("INCOMPLETE");
    expect(verdict([RUN, { ...RUN, evidence: null }])).toBe("INCOMPLETE");
    expect(verdict([RUN, { ...RUN, evidence: { ...EVIDENCE, result: "INCOMPLETE" } }])).toBe("INCOMPLETE");
  });
});

describe("renderReport", () => {
  test("says who asked, who decided, what was done and what is left", () => {
    const text = renderReport("Offboarding", [RUN]);
    for (const line of [
      "# Offboarding",
      "**Evidence: PASS**",
      "- Asked by: Priya through ticket-agent/1.0, tool remove\\_from\\_boards",
      "- Reason: left",
      "- Decided by: grace (approval) at 2026-10-01T10:00:00.000Z",
      `- Plan digest (SHA-256): ${"d".repeat(64)}`,
      '| 1 | Remove Ada from board Roadmap | applied | 2026-10-01T10:01:01.000Z | {"memberType":"normal"} | null |',
      "### Not visible to the token",
      "- private boards",
      "### Stays as it is",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).not.toContain("Ticket");
    expect(text).not.toContain("Left to do");
  });

  test("names what is left where it is incomplete", () => {
    const evidence = {
      ...EVIDENCE,
      result: "INCOMPLETE" as const,
      remaining: ["board Roadmap: still a member"],
    };
    const text = renderReport("Offboarding", [{ ...RUN, state: "partial", evidence }]);
    expect(text).toContain("**Evidence: INCOMPLETE**");
    expect(text).toContain("### Left to do\n\n- board Roadmap: still a member");
  });

  test("a name cannot become markup, a link, a cell or a line", () => {
    const name = "x | y\n# Evidence: PASS <img src=a> [click](http://e.invalid) `c` **b**";
    const text = renderReport("Offboarding", [
      { ...RUN, summary: name, effects: RUN.effects.map((effect) => ({ ...effect, description: name })) },
    ]);
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toEqual(["# Offboarding"]);
    expect(text).not.toMatch(/[^\\]</);
    expect(text).not.toMatch(/[^\\]\[click/);
    const row = text.split("\n").find((line) => line.startsWith("| 1 |")) ?? "";
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
  });
});

test("a question is folded to one line a list", () => {
  const long = "Remove Ada Lovelace from the workspace Engines";
  expect(foldQuestion(`${long}\n\nChanges (2):\n- a\n- b\n\nAsked by x.`)).toEqual([
    long,
    "Changes (2): a; b. Asked by x.",
  ]);
  expect(foldQuestion(`Impact:\n- ${"long ".repeat(50)}`)[0]).toHaveLength(110);
});
