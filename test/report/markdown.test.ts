import { describe, expect, test } from "vitest";
import { evidenceMarkdown } from "../../src/report/markdown.ts";
import { joinReports, reportOf } from "../../src/report/record.ts";
import { boardRemoval, CARD, cardHandOver, HOSTILE, incompleteRun, runOf, workspaceRemoval } from "./runs.ts";

const linesOf = (text: string) => text.split("\n");

describe("evidence as Markdown", () => {
  test("says who asked, who decided, what was done, what was covered and what stays", () => {
    const lines = linesOf(evidenceMarkdown(reportOf(runOf([boardRemoval("Roadmap")]))));
    expect(lines).toEqual(
      expect.arrayContaining([
        "# Remove Jonas Lindqvist from 1 board",
        "**Evidence: PASS**",
        "- Outcome: applied: 1 change, 1 done",
        "- Asked by: Priya Raman (5f00000000000000000000aa)",
        "- Asked through: ticket-agent/2.1.0, tool offboard\\_member",
        "- Reason: Left the company",
        "- Ticket: HR-1042",
        "- Planned at: 2026-10-01 09:50:00 UTC",
        "- Decided by: grace@example.com (a person, outside of the client)",
        "- Decided at: 2026-10-01 09:59:00 UTC",
        "- Started at: 2026-10-01 10:00:00 UTC",
        "- Read again at: 2026-10-01 10:01:01 UTC",
        "- Ended at: 2026-10-01 10:01:02 UTC, after 62.0 s",
        "- Upstream requests: 37",
        "- Run: `run_81d0f6c2a95e4b3712ab90fe`",
        `- Plan digest: \`${"9b1c".repeat(16)}\``,
        "### Coverage: what could not be read",
        "- Private boards of Product, which the token cannot see on this tier.",
        "### Stays as it is",
        "### Known before the decision",
        "- Loses Confluence.",
        "| 1 | Remove Jonas Lindqvist from board Roadmap (60b000000000000000000001/5f0000000000000000000001) | Member | none | Done; read again: true | 2026-10-01 10:00:01 UTC | 2026-10-01 10:00:02 UTC |",
      ]),
    );
    expect(lines.join("\n")).not.toContain("What is not done");
  });

  test("names what is left, first, and each failed effect with its attempts", () => {
    const text = evidenceMarkdown(reportOf(incompleteRun()));
    expect(text).toContain("**Evidence: INCOMPLETE**");
    expect(text).toContain(
      "### What is not done, and why\n\n- Remove Jonas Lindqvist from board Payroll: UPSTREAM\\_FORBIDDEN: Trello refused the request.\n",
    );
    expect(text.indexOf("What is not done")).toBeLessThan(text.indexOf("- Asked by"));
    expect(text).toContain("| Failed; read again: not true; 3 attempts; UPSTREAM\\_FORBIDDEN: Trello");
  });

  test("keeps every board of a captured state", () => {
    const text = evidenceMarkdown(reportOf(runOf([workspaceRemoval(["Roadmap", "Payroll"])])));
    expect(text).toContain(
      "| Member; Board Roadmap: Observer (board-0); Board Payroll: Observer (board-1) | none |",
    );
    expect(text).toContain("- 1 change cannot be undone by this product.");
  });

  test("names people and cards, with a link to each card", () => {
    const text = evidenceMarkdown(reportOf(runOf([cardHandOver("Plan [Q4]")])));
    expect(text).toContain(`; [Card Plan \\[Q4\\]](https://trello.com/c/${CARD}) (${CARD}) |`);
    expect(text).toContain(
      "| On the card: Jonas Lindqvist (5f0000000000000000000001); On the card: a person whose",
    );
    expect(text).toContain(
      "| On the card: Elena Popescu (@elena) (5f0000000000000000000002); On the card: a person",
    );
  });

  test("joins the runs of one job under one title", () => {
    const text = evidenceMarkdown(
      joinReports("Offboarding", [reportOf(runOf([boardRemoval("Roadmap")])), reportOf(incompleteRun())]),
    );
    expect(linesOf(text).filter((line) => line.startsWith("# "))).toEqual(["# Offboarding"]);
    expect(linesOf(text).filter((line) => line.startsWith("## "))).toHaveLength(2);
    expect(text).toContain("| PASS | Remove Jonas Lindqvist from 1 board | 1 |");
    expect(text).toContain("| INCOMPLETE | Remove Jonas Lindqvist from 2 boards | 2 |");
  });

  test("a name cannot become markup, a link, a cell or a line", () => {
    const plan = {
      summary: HOSTILE,
      reason: HOSTILE,
      ticket: HOSTILE,
      warnings: [HOSTILE, "1. one", "- two"],
    };
    const text = evidenceMarkdown(reportOf(runOf([boardRemoval(HOSTILE)], { plan })));
    expect(linesOf(text).filter((line) => /^#+ /.test(line))).toEqual([
      expect.stringMatching(/^# x /),
      "### Coverage: what could not be read",
      "### Stays as it is",
      "### Known before the decision",
      "### Changes",
    ]);
    expect(text.match(/\*\*Evidence: PASS\*\*/g)).toHaveLength(1);
    expect(text).not.toMatch(/(?<!\\)[<[]/);
    expect(text).not.toMatch(/(?<!\\):\/\/|www\./);
    expect(linesOf(text)).toEqual(expect.arrayContaining(["- 1\\. one", "- \\- two"]));
    const row = linesOf(text).find((line) => line.startsWith("| 1 |")) ?? "";
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(8);
    expect(text).not.toMatch(/\p{Cc}(?<!\n)|\p{Cf}/u);
  });
});
