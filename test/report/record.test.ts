import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import { EVIDENCE_FORMS } from "../../src/report/forms.ts";
import { evidenceReport, joinReports, reportOf } from "../../src/report/record.ts";
import { meaningText } from "../../src/report/words.ts";
import { boardRemoval, done, evidenceOf, HOSTILE, incompleteRun, runOf } from "./runs.ts";

const boards = [boardRemoval("Roadmap"), boardRemoval("Payroll", 2)];
const running: Partial<Run> = {
  state: "running",
  evidence: null,
  endedAt: null,
  effects: boards.map((effect, index) =>
    done(effect, index, index === 0 ? {} : { state: "pending", sentAt: null, settledAt: null }),
  ),
};

describe("the result", () => {
  test.each<[string, Partial<Run>, string]>([
    ["applied and confirmed", {}, "PASS"],
    ["applied, confirmed in part", { evidence: evidenceOf(boards, { result: "INCOMPLETE" }) }, "INCOMPLETE"],
    ["confirmed, but cancelled", { state: "cancelled" }, "INCOMPLETE"],
    ["failed before anything was read again", { state: "failed", evidence: null }, "INCOMPLETE"],
    ["running", running, "PENDING"],
    ["being read again", { state: "verifying", evidence: null }, "PENDING"],
  ])("%s", (_what, run, result) => {
    const report = reportOf(runOf(boards, { run }));
    expect(report.result).toBe(result);
    // What is no PASS says why, and a PASS leaves nothing.
    expect(report.runs[0]?.unfinished.length === 0).toBe(result === "PASS");
  });

  test("of several runs is the worst of them, and of none no PASS", () => {
    const pass = reportOf(runOf(boards));
    const pending = reportOf(runOf(boards, { run: running }));
    const incomplete = reportOf(incompleteRun());
    expect(joinReports("t", []).result).toBe("FAIL");
    expect(joinReports("t", [pass, pass]).result).toBe("PASS");
    expect(joinReports("t", [pass, pending]).result).toBe("PENDING");
    expect(joinReports("t", [incomplete, pass]).result).toBe("INCOMPLETE");
    expect(joinReports("t", [pending, incomplete, pass]).result).toBe("PENDING");
  });

  test("claims no more than was looked at", () => {
    expect(meaningText(reportOf(runOf(boards)))).toContain("as far as this server could see");
    const whole = { evidence: evidenceOf(boards, { blindSpots: [] }) };
    expect(meaningText(reportOf(runOf(boards, { run: whole })))).toBe(
      "All 2 changes were read again afterwards and found to be true.",
    );
    expect(meaningText(reportOf(runOf(boards, { run: running })))).toContain("proves nothing yet");
  });
});

describe("the record", () => {
  test("says of a run that has not ended how far it is", () => {
    const [record] = reportOf(runOf(boards, { run: running })).runs;
    expect(record).toMatchObject({
      unfinished: [
        "The run has not ended: it is not certain that 1 of 2 changes were made, and nothing has been read again yet.",
      ],
      requests: null,
      checkedAt: null,
      effects: [{ confirmed: null }, { confirmed: null, state: "pending" }],
    });
  });

  test("survives JSON, with states cleaned and otherwise as captured", () => {
    const effect = {
      ...boardRemoval(HOSTILE),
      before: { memberType: "normal", names: [HOSTILE], n: 2, on: true },
    };
    const report = reportOf(runOf([effect]));
    const read = evidenceReport.parse(JSON.parse(EVIDENCE_FORMS.json.write(report)));
    expect(read).toEqual(report);
    expect(read.runs[0]?.effects[0]).toMatchObject({
      before: { memberType: "normal", names: [expect.stringMatching(/^x \| y # Evidence/)], n: 2, on: true },
      after: null,
    });
    expect(JSON.stringify(report)).not.toMatch(/\u202e|\\u0007/);
  });

  test("has nothing of a plan's arguments or request targets", () => {
    const text = JSON.stringify(reportOf(runOf(boards, { plan: { args: { csv: "not-for-the-report" } } })));
    expect(text).not.toContain("not-for-the-report");
    expect(text).not.toContain("idOrganization");
  });

  test("says where no decision was needed, and where none is on record", () => {
    const nobody = (requires: "none" | "client") =>
      EVIDENCE_FORMS.markdown.write(reportOf(runOf(boards, { plan: { requires }, run: { decision: null } })));
    expect(nobody("none")).toContain("- Decided by: the plan needed no confirmation\n");
    expect(nobody("client")).toContain("- Decided by: no decision is on record\n");
  });
});
