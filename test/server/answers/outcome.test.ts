import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import { planned, ran } from "../../../src/server/answers/outcome.ts";
import { boardRemoval, runOf } from "../../report/runs.ts";

const textOf = (answer: ReturnType<typeof ran>) =>
  answer.content.map((part) => ("text" in part ? part.text : "")).join("\n");

describe("the answer to a dry run", () => {
  const { plan } = runOf([boardRemoval("Roadmap")]);
  it.each([
    ["none", "no person has to be asked"],
    ["two_step", "apply_plan"],
    ["client", "a person is then asked"],
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
    ["Nothing of it can be done. See what was not reached.", { notReached: ["The account."] }],
  ])("of no change says: %s", (next, more: Partial<Plan>) => {
    expect(planned({ ...plan, effects: [], ...more }).structuredContent).toMatchObject({ next });
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
