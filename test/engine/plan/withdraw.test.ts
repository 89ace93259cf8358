import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirm, type Stack, startStack, writesIn } from "../../support/stack.ts";

const ARGS = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const ADA = { by: "Ada", level: "approval" } as const;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

async function expectNothingDone(planId: string): Promise<void> {
  expect(await failure(stack.engine.apply(planId, stack.caller))).toMatchObject({
    code: expect.stringMatching(/^(CONFIRMATION_DECLINED|CONFLICT)$/),
  });
  expect(writesIn(stack.sandbox)).toEqual([]);
  expect(await stack.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
}

test("a waiting plan is withdrawn, and no yes counts afterwards", async () => {
  const { engine, caller } = stack;
  const plan = await engine.propose("remove_from_workspace", ARGS, caller);
  await engine.storePlan(plan);
  expect(await engine.withdraw(plan.id, ADA)).toMatchObject({
    state: "declined",
    decision: { by: "Ada", withdrawn: true },
  });
  expect(await engine.waiting()).toEqual([]);
  expect(
    await failure(engine.decide(plan.id, { accepted: true, level: "approval", by: "Bob" })),
  ).toMatchObject({
    code: "CONFIRMATION_DECLINED",
    message: "This plan was withdrawn.",
  });
  await expectNothingDone(plan.id);
});

test("an approval is withdrawn before its run starts", async () => {
  const plan = await confirm(stack, "remove_from_workspace", ARGS);
  await stack.engine.withdraw(plan.id, ADA);
  await expectNothingDone(plan.id);
});

test("an approval is withdrawn when its run has started and sent nothing: the run never writes", async () => {
  const plan = await confirm(stack, "remove_from_workspace", ARGS);
  const { store } = stack;
  const engine = stack.another({
    store: {
      ...store,
      runs: {
        ...store.runs,
        // The person is faster than the first intent.
        async append(...entry) {
          if ((await store.runs.journal(entry[0])).length === 0)
            await stack.engine.withdraw(plan.id, ADA).catch(() => {});
          return await store.runs.append(...entry);
        },
      },
    },
  });
  const error = await failure(engine.apply(plan.id, stack.caller));
  expect(error).toMatchObject({
    code: "PARTIALLY_APPLIED",
    applied: "no",
    message: expect.stringContaining("Ada withdrew"),
  });
  const [run] = await store.runs.list({ limit: 5 });
  expect(run).toMatchObject({ state: "stopped", done: 0 });
  await expectNothingDone(plan.id);
});

test("an approval cannot be withdrawn after the first write: the answer names the run", async () => {
  const plan = await confirm(stack, "remove_from_workspace", ARGS);
  let late: Promise<unknown> | undefined;
  const caller = {
    ...stack.caller,
    onProgress: ({ done }: { readonly done: number }) => {
      if (done === 1) late = failure(stack.engine.withdraw(plan.id, ADA));
    },
  };
  const run = await stack.engine.apply(plan.id, caller);
  expect(await late).toMatchObject({
    code: "CONFLICT",
    next: expect.stringContaining(`runs stop ${run.id}`),
  });
  expect(run.evidence?.result).toBe("PASS");
  expect(await failure(stack.engine.withdraw(plan.id, ADA))).toMatchObject({ code: "CONFLICT" });
});

test("an unknown, a rejected and an expired plan are told apart", async () => {
  const { engine, caller } = stack;
  expect(await failure(engine.withdraw("plan_none", ADA))).toMatchObject({ code: "NOT_FOUND" });
  const plan = await engine.propose("remove_from_workspace", ARGS, caller);
  await engine.storePlan(plan);
  const later = stack.another({ clock: { ...stack.deps.clock, now: () => Date.parse(plan.expiresAt) } });
  expect(await failure(later.withdraw(plan.id, ADA))).toMatchObject({ code: "CONFIRMATION_EXPIRED" });
  await engine.decide(plan.id, { accepted: false, level: "client", by: "Bob" });
  expect(await failure(engine.withdraw(plan.id, ADA))).toMatchObject({ code: "CONFIRMATION_DECLINED" });
});
