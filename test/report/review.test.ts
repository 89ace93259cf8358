import { describe, expect, it } from "vitest";
import type { Review } from "../../src/domain/review.ts";
import { reviewHtml } from "../../src/report/matrix.ts";
import { reviewCsv, reviewMarkdown } from "../../src/report/review.ts";

const HOSTILE = `=HYPERLINK("http://x","<script>alert(1)</script>|a")`;

function review(people = 3): Review {
  return {
    id: "review_1",
    at: "2026-06-15T12:00:00.000Z",
    principal: "p",
    workspaces: ["w1"],
    dormantDays: 90,
    rosters: [],
    coverage: ["Read: 1 workspace."],
    findings: [
      {
        id: "f_000000000001",
        kind: "dormant",
        severity: "medium",
        confidence: "certain",
        person: { idMember: "m0", label: HOSTILE, email: null },
        places: [],
        evidence: ["Last active on 2026-01-01."],
        remedy: "remove",
      },
    ],
    access: {
      workspaces: [{ id: "w1", name: "Design", boards: [{ id: "b1", name: "+Road|map" }] }],
      people: Array.from({ length: people }, (_, n) => ({
        idMember: `m${n}`,
        name: n === 0 ? HOSTILE : `Person ${n}`,
        username: n === 1 ? null : `user${n}`,
        email: n === 2 ? "-two@corp.example" : null,
        lastActive: "2026-06-01T00:00:00.000Z",
        letters: n === 0 ? { w1: "A", b1: "O" } : n === 1 ? { b1: "G" } : {},
      })),
    },
  };
}

describe("a review as CSV", () => {
  it("has a row a person and a column a place, and no cell that a spreadsheet would run", () => {
    const lines = reviewCsv(review()).trimEnd().split("\r\n");
    expect(lines[0]).toBe(
      `"id","name","username","email","last active","findings","Design","Design / +Road|map"`,
    );
    expect(lines[2]).toBe(`"m1","Person 1","","","2026-06-01","","","Guest, not in the workspace"`);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).not.toMatch(/(^|,)"[=+\-@]/);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://x""`);
    expect(lines[1]).toContain(`"dormant","Admin","Observer, reads only"`);
    expect(lines[3]).toContain(`"'-two@corp.example"`);
  });
});

describe("a review as Markdown", () => {
  it("tells findings and what was read, and a name cannot break its table", () => {
    const text = reviewMarkdown(review());
    expect(text).toContain("1 finding; 3 people in 1 workspace");
    const row = text.split("\n").find((line) => line.includes("Not active for a long time")) ?? "";
    expect(row.replaceAll("\\|", "").split("|")).toHaveLength(7);
    expect(text).not.toContain("<script>");
  });
});

describe("a review as HTML", () => {
  it("shows each letter in its cell, escapes names, and lets only its own script run", async () => {
    const page = reviewHtml(review());
    expect(page).not.toContain("<script>alert");
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page.match(/<td class="c [amogid]( w)?( f)?" title="[^"]+">/g)).toHaveLength(3);
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page.replaceAll("&#39;", "'")).toContain(`script-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/\son\w+=|src=|href="http/);
  });

  it("is small with 2,000 people on 300 boards: under 60 bytes a cell that is held", () => {
    const big = review(2_000);
    const boards = Array.from({ length: 300 }, (_, n) => ({ id: `b${n}`, name: `Board ${n}` }));
    const people = big.access.people.map((person, n) => ({
      ...person,
      letters: Object.fromEntries(
        boards.filter((_board, b) => (n + b) % 20 === 0).map(({ id }) => [id, "M" as const]),
      ),
    }));
    const text = reviewHtml({ ...big, access: { workspaces: [{ id: "w1", name: "W", boards }], people } });
    expect(text.length).toBeLessThan(2_000 * 301 * 5);
    expect(text.match(/class="c m"/g)?.length).toBeGreaterThan(25_000);
    // Cells without access are joined, so a browser has a tenth of the cells to lay out.
    expect(text.match(/<td/g)?.length).toBeLessThan(2_000 * 40);
  });
});
