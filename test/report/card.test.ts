import { describe, expect, it } from "vitest";
import { CONFIRMATION_LEVELS } from "../../src/domain/confirmation.ts";
import { notStarted, type StoredPlan } from "../../src/domain/decision-rules.ts";
import { AppError } from "../../src/domain/error.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { RESULTS, type Result } from "../../src/domain/run.ts";
import { awaiting, declined, nothingToDo, planned, ran, underWay } from "../../src/server/answers/outcome.ts";
import { errorResult } from "../../src/server/answers/result.ts";
import { linesOf, viewOf } from "./card-views.ts";
import { boardRemoval, done, evidenceOf, runOf } from "./runs.ts";

const effects = [boardRemoval("Roadmap"), boardRemoval("Payroll", 2), boardRemoval("Design", 3)];
const run = runOf(effects, {
  plan: {
    subjects: [{ idMember: "5f0000000000000000000001", username: "jonas", email: "jonas@example.com" }],
  },
});
const { plan } = run;
const page = { url: "https://identity.example.com/approvals/plans/plan_1", opened: true };
const waits = (changes: Partial<Plan> = {}) => awaiting({ ...plan, ...changes }, page, null);

describe("what the card shows of an answer", () => {
  it("a waiting plan: who, what goes and stays, what to look at, who decides, and the address of its page", () => {
    const view = viewOf(waits());
    expect(view).toMatchObject({
      state: "Waiting for a person",
      title: plan.summary,
      url: page.url,
      follow: plan.id,
      until: plan.expiresAt,
      progress: null,
    });
    expect(view.facts).toContainEqual(["Who decides", "A person outside of the client"]);
    expect(view.facts).toContainEqual(["How much", "3 changes, all can be undone"]);
    expect(linesOf(view, "Who").join()).toMatch(/Jonas Lindqvist.*jonas@example\.com.*5f00/);
    expect(linesOf(view, "What changes")).toEqual(effects.map(({ description }) => description));
    expect(linesOf(view, "Warnings")).toEqual(plan.warnings);
    expect(linesOf(view, "What else is lost or charged")).toEqual(plan.impact.notes);
    expect(linesOf(view, "What stays")).toEqual(plan.untouched);
    expect(linesOf(view, "Not visible")).toEqual(plan.blindSpots);
  });

  it.each([...CONFIRMATION_LEVELS, "none"] as const)("names who decides at %s in words", (requires) => {
    const [, text = ""] = viewOf(waits({ requires })).facts.find(([name]) => name === "Who decides") ?? [];
    expect(text).toMatch(/^\p{Lu}.*\w{3}/u);
    expect(text).not.toBe(requires);
  });

  it.each([
    ["a final change", [{ ...boardRemoval("A"), reversible: false }], "1 change, 1 cannot be undone"],
    ["one change", [boardRemoval("A")], "1 change, it can be undone"],
    [
      "more than an answer lists",
      Array.from({ length: 60 }, (_, n) => boardRemoval(`B${n}`, n)),
      "60 changes, all can be undone",
    ],
  ])("counts %s", (_what, all, text) => {
    const of = runOf(all).plan;
    const view = viewOf(awaiting(of, page, null));
    expect(view.facts).toContainEqual(["How much", text]);
    expect(linesOf(view, "What changes").length).toBe(Math.min(51, all.length));
  });

  const stored = (changes: Partial<StoredPlan>): StoredPlan => ({
    plan,
    state: "waiting",
    decision: null,
    runId: null,
    ...changes,
  });
  const no = { ...run.decision, accepted: false, reason: "Wrong Jonas" } as StoredPlan["decision"];
  const before = plan.createdAt;
  const after = new Date(Date.parse(plan.expiresAt) + 1).toISOString();

  // What get_run answers about a plan without a run.
  it.each<[string, Partial<StoredPlan>, string, boolean, boolean]>([
    ["Waiting for a person", {}, before, true, true],
    ["Approved", { state: "accepted", decision: run.decision }, before, true, true],
    ["Declined", { state: "declined", decision: no }, before, false, false],
    ["No longer true", { state: "void" }, before, false, false],
    ["Expired", {}, after, false, false],
  ])("%s, and keeps what the plan is", (state, changes, at, follows, opens) => {
    const view = viewOf(waits(), errorResult(notStarted(stored(changes), at)));
    expect(view.state).toBe(state);
    expect(view.follow !== "").toBe(follows);
    expect(view.url !== "").toBe(opens);
    expect(linesOf(view, "What changes")).toHaveLength(3);
    if (state === "Declined") expect(view.lead).toContain("Wrong Jonas");
  });

  it("a run's progress", () => {
    const rows = effects.map((effect, n) => done(effect, n, n === 0 ? {} : { state: "pending" }));
    const half = runOf(effects, { run: { state: "running", evidence: null, endedAt: null, effects: rows } });
    expect(viewOf(waits(), underWay(plan, half))).toMatchObject({
      state: "Running",
      progress: { done: 1, failed: 0, total: 3 },
      follow: run.id,
      url: page.url,
    });
    // Before the run exists, only the plan can be followed.
    expect(viewOf(underWay(plan, null))).toMatchObject({ state: "Running", follow: plan.id, url: "" });
  });

  it.each(RESULTS.filter((each): each is Exclude<Result, "PENDING"> => each !== "PENDING"))(
    "the end of a run with the result %s",
    (result) => {
      const evidence = evidenceOf(effects, {
        result,
        unfinished: result === "PASS" ? [] : ["Payroll: refused"],
      });
      const view = viewOf(waits(), ran(runOf(effects, { run: { evidence } })));
      expect(view).toMatchObject({ state: `Ended: ${result}`, follow: "", url: "" });
      expect(view.lead).toMatch(/\w/);
      expect(view.facts).toContainEqual(["Run", run.id]);
      expect(view.facts.map(([name]) => name)).toContain("Decision");
      // What is not done is said first of all.
      if (result !== "PASS") expect(view.lists[0]).toEqual(["stop", "Not done", ["Payroll: refused"]]);
    },
  );

  it.each([
    ["a dry run", planned(plan), "Only planned"],
    ["nothing to do", nothingToDo({ ...plan, effects: [] }), "Already as wanted"],
    [
      "nothing that can be done",
      nothingToDo({ ...plan, effects: [], notReached: ["Ada: no such person"] }),
      "Not done",
    ],
    ["a no in the client", declined(plan, "the person did not confirm."), "Declined"],
    ["the agent's own second call", waits({ requires: "two_step" }), "Waiting for the agent"],
    [
      "a refusal",
      errorResult(new AppError("POLICY_DENIED", "Ada is protected.", { next: "Ask IT." })),
      "Not done",
    ],
    ["a text alone", { content: [{ type: "text", text: "The host said no." }] }, "Not done"],
    ["nothing", {}, "Not done"],
    ["no object", null, "Not done"],
  ])("%s", (_what, answer, state) => {
    expect(viewOf(answer)).toMatchObject({ state, url: "" });
  });

  it("another plan's answer keeps nothing of the first", () => {
    const other = viewOf(waits(), {
      ...ran(run),
      structuredContent: { status: "running", planId: "plan_other" },
    });
    expect(other).toMatchObject({ title: "Plan", url: "", lists: [] });
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vbscript:x",
    " ",
    "/approvals/plans/plan_1",
    "ui://trello-identity/card",
  ])("opens no address like %j", (url) => {
    expect(viewOf(awaiting(plan, { url, opened: false }, null)).url).toBe("");
  });

  it.each([
    { status: 7 },
    { plan: 3 },
    { plan: { effects: "x", people: {}, impact: null } },
    { run: { evidence: 5 } },
    { error: "x" },
    { error: { details: { state: "__proto__" } } },
    { counts: [] },
    [],
  ])("an answer of another shape shows something and asks for nothing: %j", (structuredContent) => {
    expect(viewOf({ structuredContent })).toMatchObject({ url: "", state: expect.stringMatching(/\w/) });
  });
});
