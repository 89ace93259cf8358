import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConfirmationLevel } from "../../../src/domain/confirmation.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { Planner } from "../../../src/domain/planning.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirm, OPEN_RULES, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";

const TOOL = "remove_from_boards";
const ARGS = { workspace: SEED.workspaces.enterprise.id, member: SEED.leaver.id };
const MINUTE = 60_000;

let stack: Stack;
let ahead: number;
beforeEach(async () => {
  ahead = 0;
  stack = await startStack();
});
afterEach(() => stack.close());

/** The engine with a clock that the test sets forward. */
const later = () =>
  stack.another({ clock: { ...stack.deps.clock, now: () => stack.deps.clock.now() + ahead } });
const yes = (level: ConfirmationLevel = "client") => ({ accepted: true, level, by: "a person" });

async function held(engine = stack.engine): Promise<Plan> {
  const plan = await engine.propose(TOOL, ARGS, stack.caller);
  await engine.storePlan(plan);
  return plan;
}

async function expectRefused(plan: Plan, code: string, engine = stack.engine): Promise<void> {
  const error = await failure(engine.apply(plan.id, stack.caller));
  expect(error).toMatchObject({ code });
  expect(error.next).not.toBe("");
  expect(writesIn(stack.sandbox)).toEqual([]);
  expect(await stack.store.runs.list({ limit: 1 })).toEqual([]);
}

const events = async () => (await stack.store.audit.read({ limit: 100 })).map(({ event }) => event);

describe("a plan that needs a person", () => {
  test("is not applied without a decision", async () => {
    const plan = await held();
    expect(plan.requires).toBe("client");
    await expectRefused(plan, "CONFIRMATION_PENDING");
    expect(await events()).toEqual(["plan.held"]);
  });

  test("is not applied where it was only proposed, as by a dry run", async () => {
    const plan = await stack.engine.propose(TOOL, ARGS, stack.caller);
    await expectRefused(plan, "NOT_FOUND");
    expect(await events()).toEqual([]);
  });

  test("is not applied after a no, and the no cannot be taken back", async () => {
    const plan = await held();
    await stack.engine.decide(plan.id, { ...yes(), accepted: false });
    await expectRefused(plan, "CONFIRMATION_DECLINED");
    expect(await failure(stack.engine.decide(plan.id, yes("four_eyes")))).toMatchObject({
      code: "CONFIRMATION_DECLINED",
    });
    await expectRefused(plan, "CONFIRMATION_DECLINED");
    expect(await events()).toEqual(["plan.held", "plan.decided"]);
  });

  test("expires after 15 minutes, decided or not", async () => {
    const decided = await confirm(stack, TOOL, ARGS);
    const waiting = await held();
    ahead = 15 * MINUTE;
    await expectRefused(decided, "CONFIRMATION_EXPIRED", later());
    await expectRefused(waiting, "CONFIRMATION_EXPIRED", later());
    expect(await failure(later().decide(waiting.id, yes()))).toMatchObject({ code: "CONFIRMATION_EXPIRED" });
    expect(await later().waiting()).toEqual([]);
  });

  test("is applied until then", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    // A clock that stands still: however long the run takes, it began in time.
    const lastMoment = Date.parse(plan.expiresAt) - 1;
    const engine = stack.another({ clock: { ...stack.deps.clock, now: () => lastMoment } });
    expect(await engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  test("is applied once: the same decision does not count again", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const run = await stack.engine.apply(plan.id, stack.caller);
    expect(run.decision).toMatchObject({
      planId: plan.id,
      digest: plan.digest,
      by: "a person",
      level: "client",
    });
    const written = writesIn(stack.sandbox).length;
    expect(await failure(stack.engine.apply(plan.id, stack.caller))).toMatchObject({
      code: "CONFLICT",
      applied: "yes",
      details: { runId: run.id },
    });
    expect(writesIn(stack.sandbox)).toHaveLength(written);
    expect(await stack.store.runs.list({ limit: 5 })).toHaveLength(1);
  });

  test("is applied once where two ask at the same time", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const both = await Promise.allSettled([
      stack.engine.apply(plan.id, stack.caller),
      stack.another().apply(plan.id, stack.caller),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = both.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(["CONFLICT", "PLAN_STALE"]).toContain((refused.reason as { code: string }).code);
    expect(writesIn(stack.sandbox)).toHaveLength(SEED.leaverBoards.enterprise);
    expect((await stack.store.runs.list({ limit: 5 })).map(({ state }) => state)).toEqual(["applied"]);
  });

  test("is approved once", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    expect(await failure(stack.engine.decide(plan.id, yes("four_eyes")))).toMatchObject({ code: "CONFLICT" });
    const stored = await stack.store.plans.get(plan.id);
    expect(stored).toMatchObject({ state: "accepted", decision: { level: "client" } });
  });

  test("is not applied once its approval was withdrawn, and that is the last word", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    await stack.engine.decide(plan.id, { ...yes("two_step"), accepted: false, by: "another person" });
    await expectRefused(plan, "CONFIRMATION_DECLINED");
    expect(await failure(stack.engine.decide(plan.id, yes()))).toMatchObject({
      code: "CONFIRMATION_DECLINED",
    });
    expect(await events()).toEqual(["plan.held", "plan.decided", "plan.decided"]);
    expect(await stack.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
  });

  test("is not applied if its approval is withdrawn while it is planned again", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const engine = stack.another({
      planner: (name) => {
        const planner = stack.deps.planner(name);
        return (
          planner && {
            ...planner,
            async plan(args, context) {
              const draft = await planner.plan(args, context);
              await stack.engine.decide(plan.id, { ...yes(), accepted: false });
              return draft;
            },
          }
        );
      },
    });
    await expectRefused(plan, "CONFIRMATION_DECLINED", engine);
  });

  test("has started its run when a no comes too late: the no names the run", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const run = await stack.engine.apply(plan.id, stack.caller);
    expect(await failure(stack.engine.decide(plan.id, { ...yes(), accepted: false }))).toMatchObject({
      code: "CONFLICT",
      details: { runId: run.id },
      next: expect.stringContaining(`runs stop ${run.id}`),
    });
  });

  test("takes a stronger yes than it needs, which still counts when the policy asks for that meanwhile", async () => {
    const plan = await held();
    await stack.engine.decide(plan.id, yes("approval"));
    const strict = stack.another({ rules: { ...OPEN_RULES, weakest: "approval" } });
    expect(await strict.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  for (const [needed, given] of [
    ["client", "two_step"],
    ["approval", "client"],
  ] as const) {
    test(`of level ${needed} does not take a yes of level ${given}, and waits on for a better one`, async () => {
      const strict = stack.another({ rules: { ...OPEN_RULES, weakest: needed } });
      const plan = await held(strict);
      expect(plan.requires).toBe(needed);
      expect(await failure(strict.decide(plan.id, yes(given)))).toMatchObject({
        code: "CONFIRMATION_PENDING",
      });
      expect((await stack.store.plans.get(plan.id))?.state).toBe("waiting");
      await expectRefused(plan, "CONFIRMATION_PENDING", strict);
      await strict.decide(plan.id, yes(needed));
      expect(await strict.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
    });
  }

  test("of level four_eyes takes the yes of a second person on the list, at the decision and at the run", async () => {
    const ada = { id: "https://id.example#ada", name: "Ada", email: "ada@example.com" };
    const caller = { client: "test/1.0", subject: ada };
    const approvers = ["ada@example.com", "https://id.example#eva"];
    const strict = stack.another({ rules: { ...OPEN_RULES, weakest: "four_eyes", approvers } });
    const plan = await strict.propose(TOOL, ARGS, caller);
    await strict.storePlan(plan);
    const self = { subject: ada.id, email: ada.email };
    for (const word of [
      { ...yes("four_eyes"), ...self },
      { ...yes("approval"), ...self },
      { ...yes("four_eyes"), email: "eva@example.com" },
      { ...yes("four_eyes"), subject: "https://id.example#mallory" },
      yes("four_eyes"),
    ])
      expect((await failure(strict.decide(plan.id, word))).code).toMatch(
        /POLICY_DENIED|CONFIRMATION_PENDING/,
      );
    expect((await stack.store.plans.get(plan.id))?.state).toBe("waiting");
    const unlisted = stack.another({
      rules: { ...OPEN_RULES, weakest: "four_eyes", approvers: [self.email] },
    });
    const eva = { ...yes("four_eyes"), subject: "https://id.example#eva" };
    await strict.decide(plan.id, eva);
    // The list has changed since: her yes no longer counts.
    expect(await failure(unlisted.apply(plan.id, caller))).toMatchObject({ code: "PLAN_STALE" });
    const again = await strict.propose(TOOL, ARGS, caller);
    await strict.storePlan(again);
    await strict.decide(again.id, eva);
    expect(await strict.apply(again.id, caller)).toMatchObject({ state: "applied", decision: eva });
    const decided = (await stack.store.audit.read({ limit: 100 })).filter(
      ({ event }) => event === "plan.decided",
    );
    expect(decided[1]?.facts).toMatchObject({ level: "four_eyes", subject: eva.subject });
  });

  test("takes a no of any level", async () => {
    const strict = stack.another({ rules: { ...OPEN_RULES, weakest: "approval" } });
    const plan = await held(strict);
    expect(await strict.decide(plan.id, { ...yes("client"), accepted: false })).toMatchObject({
      accepted: false,
    });
    await expectRefused(plan, "CONFIRMATION_DECLINED", strict);
  });

  test("confirmed before the policy was made stricter is stale", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const strict = stack.another({ rules: { ...OPEN_RULES, weakest: "approval" } });
    await expectRefused(plan, "PLAN_STALE", strict);
  });

  test("of somebody else does not exist for this caller, even confirmed", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const gateway = gatewayTo(stack.sandbox.env, stack.store, {
      token: SEED.tokens.normalMember,
    });
    await expectRefused(plan, "NOT_FOUND", stack.another({ gateway }));
    await gateway.close();
    expect((await stack.store.plans.get(plan.id))?.state).toBe("accepted");
  });

  test("of a tool that is no longer enabled is not applied", async () => {
    const plan = await confirm(stack, TOOL, ARGS);
    const without = stack.another({ planner: () => undefined });
    expect((await failure(without.propose(TOOL, ARGS, stack.caller))).code).toBe("NOT_FOUND");
    await expectRefused(plan, "PLAN_STALE", without);
  });
});

describe("a plan that wants the name typed", () => {
  const planner: Planner = {
    tool: TOOL,
    async plan(args, context) {
      const draft = await stack.deps.planner(TOOL)?.plan(args, context);
      if (!draft) throw new Error("no such tool");
      return { ...draft, typedName: "Jonas Lindqvist" };
    },
  };

  for (const typed of [undefined, "", "jonas lindqvist", "Jonas", "Jonas Lindqvist!"]) {
    test(`does not take a yes with ${JSON.stringify(typed) ?? "nothing"} typed`, async () => {
      const engine = stack.another({ planner: () => planner });
      const plan = await held(engine);
      const word = typed === undefined ? yes() : { ...yes(), typed };
      expect(await failure(engine.decide(plan.id, word))).toMatchObject({ code: "INPUT_INVALID" });
      expect((await stack.store.plans.get(plan.id))?.state).toBe("waiting");
      await expectRefused(plan, "CONFIRMATION_PENDING", engine);
    });
  }

  test("takes the exact name, white space around it forgiven", async () => {
    const engine = stack.another({ planner: () => planner });
    const plan = await held(engine);
    await engine.decide(plan.id, { ...yes(), typed: " Jonas Lindqvist\n" });
    expect(await engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  test("takes a no without it", async () => {
    const engine = stack.another({ planner: () => planner });
    const plan = await held(engine);
    await engine.decide(plan.id, { ...yes(), accepted: false });
    await expectRefused(plan, "CONFIRMATION_DECLINED", engine);
  });
});

describe("approvers that the policy names", () => {
  const approvers = ["boss@example.com"];
  const named = () => stack.another({ rules: { ...OPEN_RULES, weakest: "approval", approvers } });

  test.each([
    ["at a terminal", {}],
    ["by an email that is not among them", { email: "jo@example.com" }],
    ["by an email that only begins like theirs", { email: "boss@example.com.evil.example" }],
    ["by an email that is no more than claimed in the name", { by: "boss@example.com" }],
  ])("bind a process that has no policy: not %s", async (_how, over) => {
    const plan = await held(named());
    expect(plan.approvers).toEqual(approvers);
    for (const level of ["approval", "four_eyes"] as const) {
      expect(await failure(stack.engine.decide(plan.id, { ...yes(level), ...over }))).toMatchObject({
        code: "POLICY_DENIED",
      });
    }
    expect((await stack.store.plans.get(plan.id))?.state).toBe("waiting");
    await expectRefused(plan, "CONFIRMATION_PENDING");
  });

  test("decide, however their email is written", async () => {
    const plan = await held(named());
    await stack.engine.decide(plan.id, { ...yes("approval"), email: "Boss@Example.com" });
    expect(await named().apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  test("bind an approval that was given before they were named", async () => {
    const plan = await held(stack.another({ rules: { ...OPEN_RULES, weakest: "approval" } }));
    await stack.engine.decide(plan.id, yes("approval"));
    await expectRefused(plan, "PLAN_STALE", named());
  });

  test("take nothing from a client's person, who is asked at a lower level", async () => {
    const engine = stack.another({ rules: { ...OPEN_RULES, approvers } });
    const plan = await held(engine);
    await engine.decide(plan.id, yes("client"));
    expect(await engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  test("may be told no by anybody", async () => {
    const plan = await held(named());
    await stack.engine.decide(plan.id, { ...yes("client"), accepted: false });
    await expectRefused(plan, "CONFIRMATION_DECLINED", named());
  });
});
