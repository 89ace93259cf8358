import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import { awaiting, planned, ran } from "../../../src/server/answers/outcome.ts";
import { boardRemoval, runOf } from "../../report/runs.ts";

const textOf = (answer: ReturnType<typeof ran>) =>
  answer.content.map((part) => ("text" in part ? part.text : "")).join("\n");

describe("the answer to a dry run", () => {
  const { plan } = runOf([boardRemoval("Roadmap")]);
  it.each([
    ["none", "no person has to be asked"],
    ["two_step", "apply_plan"],
    ["client", "The client then asks a person"],
    ["approval", "must then decide outside"],
    ["four_eyes", "a second, signed-in person"],
  ] as const)("says who decides if the plan needs %s", (requires, said) => {
    const answer = planned({ ...plan, requires });
    const { next } = answer.structuredContent as { readonly next: string };
    expect(next).toContain(said);
    expect(next).toContain("Call again without dryRun");
    expect(textOf(answer).split("\n").at(-1)).toBe(`Next: ${next}`);
  });

  it.each([
    ["There is nothing to do.", {}],
    [
      "No part of the request can be done. The lists in this answer say why.",
      { notReached: ["The account."] },
    ],
  ])("of no change says: %s", (next, more: Partial<Plan>) => {
    expect(planned({ ...plan, effects: [], ...more }).structuredContent).toMatchObject({ next });
  });
});

describe("the answer about a plan that waits", () => {
  const { plan } = runOf([boardRemoval("Roadmap")]);
  const command = "trello-identity-mcp approvals approve plan_1";
  const now = `call apply_plan with planId ${plan.id} now: it waits for the decision and answers with the outcome.`;
  const later = `After the decision, call apply_plan with planId ${plan.id}: it answers with the outcome.`;
  const opened = { url: "http://127.0.0.1:1/plans/x", opened: true };
  const closed = { url: null, opened: false };
  const signIn = { url: "https://approve.example/plans/x", opened: false, signIn: true };
  it.each([
    ["page", "client", opened, command, now, [command, "opened in their browser"]],
    ["page", "approval", opened, null, now, ["opened in their browser"]],
    ["sign-in", "four_eyes", signIn, null, now, ["a second person, who is an approver, signs in"]],
    ["terminal", "approval", closed, command, later, [command]],
    ["call", "two_step", closed, command, `Call apply_plan with planId ${plan.id} to do it.`, null],
    ["administrator", "four_eyes", closed, null, "Then call the tool again.", null],
  ] as const)("by a %s, for %s: one line for the model, and the way to decide apart", (...row) => {
    const [, requires, page, way, next, person] = row;
    const answer = awaiting({ ...plan, requires }, page, way);
    const told = answer.structuredContent as { readonly next: string; readonly forThePerson?: string };
    expect(told.next).toContain(next);
    expect(told.next).not.toMatch(/terminal|approvals approve/);
    expect(told.forThePerson === undefined).toBe(person === null);
    for (const part of person ?? []) expect(told.forThePerson).toContain(part);
    const lines = textOf(answer).split("\n");
    expect(lines).toContain(`Next: ${told.next}`);
    expect(lines.some((line) => line.startsWith("For the person, never for an agent: "))).toBe(
      person !== null,
    );
  });
});

describe("the answer about a run", () => {
  const run = runOf([boardRemoval("Roadmap"), boardRemoval("Backlog", 2)]);
  it.each(["applied", "already", "failed", "lost"] as const)(
    "says who decided, or why nobody was asked, if its effects are %s",
    (state) => {
      const effects = run.effects.map((effect) => ({ ...effect, state }));
      for (const decision of [run.decision, null]) {
        const answer = ran({ ...run, decision, effects });
        const { decided } = answer.structuredContent as { readonly decided: string };
        expect(decided).toMatch(decision ? /^Decided by .+ \(.+\)\.$/ : /^No /);
        expect(textOf(answer)).toContain(decided);
      }
    },
  );

  it.each([
    [1, "PASS", [], "Evidence: PASS, the one change was read again and is as wanted; 7 requests."],
    [3, "PASS", [], "Evidence: PASS, all 3 changes were read again and are as wanted; 7 requests."],
    [
      2,
      "PASS",
      ["x"],
      "all 2 changes were read again and are as wanted, as far as the token sees; 7 requests.",
    ],
    [2, "INCOMPLETE", [], "Evidence: INCOMPLETE, 7 requests."],
    [2, "UNVERIFIED", [], "Evidence: UNVERIFIED, 7 requests."],
  ] as const)(
    "with %i changes and the result %s says what was read again",
    (count, verdict, blindSpots, said) => {
      const some = runOf(Array.from({ length: count }, (_, n) => boardRemoval(`Board ${n}`, n + 1)));
      const evidence = some.evidence && { ...some.evidence, result: verdict, blindSpots, requests: 7 };
      expect(textOf(ran({ ...some, evidence }))).toContain(said);
    },
  );

  it("says each fact once, and what is not done before everything else", () => {
    const fact = "Fjord: Trello does not let this account read the workspace.";
    const evidence = run.evidence && {
      ...run.evidence,
      result: "INCOMPLETE" as const,
      unfinished: [fact],
      blindSpots: [fact, "Private boards."],
      untouched: [fact, "The account."],
    };
    const plan = { ...run.plan, warnings: [`Skipped: ${fact}`, "Another."] };
    const text = textOf(ran({ ...run, plan, evidence }));
    expect(text.split(fact)).toHaveLength(2);
    expect(text).toContain(`Not done:\n- ${fact}`);
    for (const line of ["- Another.", "- Private boards.", "- The account."]) expect(text).toContain(line);
  });
});
