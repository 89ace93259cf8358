import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reviewsThatPlan } from "../../../src/cli/support/review-removals.ts";
import { AppError } from "../../../src/domain/error.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { itemsOf } from "../../../src/domain/sign-off.ts";
import { findingsOf } from "../../../src/reviews/review.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { type Stack, startStack, writesIn } from "../../support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false }, windowMs: 50 });
});
afterAll(() => stack.close());

/** A decided review of one workspace by two reviewers, and what is presented when they sign. */
async function decided(removed: readonly string[], more: Partial<Pick<Stack["engine"], "propose">> = {}) {
  const { engine, caller } = stack;
  const context = engine.context(caller);
  const ids = [SEED.workspaces.standard.id];
  const snapshots = await context.reads.trello.workspaceSnapshots(ids);
  const found = await findingsOf({ snapshots, rosters: [], dormantDays: 90 }, context);
  const review = await engine.keepReview({ workspaces: ids, dormantDays: 90, rosters: [], ...found }, caller);
  const { id } = review;
  const reviewers = ["user:jo", "user:bo"];
  await engine.signOffs.start(review, { name: "Q4", period: null, reviewers }, caller);
  let settle: (plan: Plan | null) => void = () => {};
  const settled = new Promise<Plan | null>((resolve) => {
    settle = resolve;
  });
  const signOffs = {
    ...engine.signOffs,
    async keepRemovals(...args: Parameters<typeof engine.signOffs.keepRemovals>) {
      await engine.signOffs.keepRemovals(...args);
      if (args[1].planId === null) settle(null);
    },
  };
  const reviews = reviewsThatPlan({
    engine: { ...engine, signOffs, ...more },
    present: async (plan) => settle(plan),
    log: () => {},
  });
  const decisions = itemsOf(review).map(({ id: item, person }) => ({
    item,
    decision: removed.includes(person.idMember) ? ("remove" as const) : ("keep" as const),
    note: null,
    until: null,
  }));
  await reviews.decide(id, { by: "jo" }, decisions);
  return { id, reviews, settled };
}

describe("the last sign-off", () => {
  it("makes one waiting plan of the removals, for the person who asked, and changes nothing", async () => {
    const { id, reviews, settled } = await decided([SEED.leaver.id]);
    await reviews.sign(id, { by: "jo" }, 1);
    expect(await stack.engine.signOffs.removals(id)).toBeNull();
    await reviews.sign(id, { by: "bo" }, 2);
    const plan = await settled;
    const stored = await stack.engine.plan(plan?.id ?? "", stack.caller);
    expect(stored).toMatchObject({ state: "waiting", plan: { tool: "remediate_review" } });
    expect(plan?.args).toMatchObject({ reviewId: id });
    expect(new Set(plan?.subjects.map(({ idMember }) => idMember))).toEqual(new Set([SEED.leaver.id]));
    expect(Date.parse(plan?.expiresAt ?? "") - Date.parse(plan?.createdAt ?? "")).toBeGreaterThan(80_000_000);
    expect(await stack.engine.signOffs.removals(id)).toEqual({ planId: plan?.id, problem: null });
    expect(writesIn(stack.sandbox)).toEqual([]);
  });

  it("says why no plan could be made", async () => {
    const propose = () =>
      Promise.reject(new AppError("POLICY_DENIED", "No one may be removed today.", { next: "Wait." }));
    const { id, reviews, settled } = await decided([SEED.leaver.id], { propose });
    await reviews.sign(id, { by: "jo" }, 1);
    await reviews.sign(id, { by: "bo" }, 2);
    expect(await settled).toBeNull();
    const removals = await stack.engine.signOffs.removals(id);
    expect(removals).toEqual({ planId: null, problem: "No one may be removed today." });
  });

  it("plans nothing if everyone stays", async () => {
    const { id, reviews } = await decided([]);
    await reviews.sign(id, { by: "jo" }, 1);
    await reviews.sign(id, { by: "bo" }, 2);
    expect(await stack.engine.signOffs.removals(id)).toBeNull();
  });
});
