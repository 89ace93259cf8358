import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDuties, type DutiesDeps, ROSTER_PLAN_LIFE_MS } from "../../../src/cli/support/duties.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { AppError } from "../../../src/domain/error.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import type { Notice } from "../../../src/report/notices.ts";
import { aReview } from "../../store/fixtures.ts";
import { type Stack, startStack } from "../../support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false }, windowMs: 50 });
});
afterAll(() => stack.close());

/** Two processes on the store of the stack, at the same time; what they post and present. */
function twoProcesses(more: Partial<DutiesDeps> = {}) {
  const told: Notice[] = [];
  const presented: Plan[] = [];
  const clock = { time: "", now: () => Date.parse(clock.time) };
  const processes = [0, 1].map(() =>
    createDuties({
      engine: stack.engine,
      once: (key) => stack.store.facts.setOnce(key, true),
      tell: (notice) => void told.push(notice),
      present: async (plan) => void presented.push(plan),
      schedules: [],
      pagesUrl: "https://id.example/approvals",
      clock,
      log: () => {},
      ...more,
    }),
  );
  const at = async (time: string) => {
    clock.time = time;
    await Promise.all(processes.map(({ look }) => look()));
    return { told: told.splice(0), presented: presented.splice(0) };
  };
  return { at };
}

describe("reminders", () => {
  it("come once from all processes, name who has not signed, and stop with the last sign-off", async () => {
    const { signOffs } = stack.engine;
    const review = { ...aReview("review_due"), principal: "m9" };
    await stack.store.reviews.put(review);
    const started = "2026-03-01T09:00:00.000Z";
    const principal = { id: "m9", name: "Ada", client: "test/1" };
    await stack.store.signOffs.start({
      reviewId: review.id,
      name: "Q1 <b>",
      period: null,
      reviewers: ["user:jo", "user:bo"],
      due: "2026-03-31",
      at: started,
      principal,
    });
    const { at } = twoProcesses();
    expect((await at("2026-03-20T08:00:00.000Z")).told).toEqual([]);
    const [first, ...others] = (await at("2026-03-24T08:00:00.000Z")).told;
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      event: "review.due",
      title: "The access review Q1 <b> is due in 7 days",
      planId: null,
      url: "https://id.example/approvals/reviews/review_due",
    });
    expect(first?.facts).toContainEqual(["Not signed by", "user:jo, user:bo"]);
    expect(first?.facts).toContainEqual(["Undecided", "1 item"]);
    expect((await at("2026-03-24T20:00:00.000Z")).told).toEqual([]);
    const keep = [{ item: "m1.w1", decision: "keep" as const, note: null, until: null }];
    await signOffs.decide(review.id, { by: "jo" }, keep);
    await signOffs.sign(review.id, { by: "jo" }, 1);
    const [late] = (await at("2026-04-01T00:00:00.000Z")).told;
    expect(late?.title).toContain("is late");
    expect(late?.facts).toContainEqual(["Not signed by", "user:bo"]);
    await signOffs.sign(review.id, { by: "bo" }, 2);
    expect((await at("2026-04-02T00:00:00.000Z")).told).toEqual([]);
  });
});

describe("the schedule of a roster", () => {
  const schedules = [{ name: "hr", schedule: "06:30" }];
  const removal = () =>
    stack.engine.propose(
      "remove_from_boards",
      { workspace: SEED.workspaces.enterprise.id, member: SEED.leaver.id },
      stack.caller,
    );

  it("makes one plan, which can wait for a week, and no second one while it waits", async () => {
    const asked: unknown[] = [];
    const engine = {
      ...stack.engine,
      async propose(...args: Parameters<typeof stack.engine.propose>) {
        asked.push(args);
        return { ...(await removal()), id: `plan_scheduled_${asked.length}` };
      },
    };
    const { at } = twoProcesses({ schedules, engine });
    expect(await at("2026-03-10T06:00:00.000Z")).toEqual({ told: [], presented: [] });
    const { presented, told } = await at("2026-03-10T06:31:00.000Z");
    expect(presented).toHaveLength(1);
    expect(told).toEqual([]);
    expect(asked).toEqual([
      [
        "plan_roster_changes",
        { roster: "hr" },
        { client: "schedule of hr", subject: null },
        ROSTER_PLAN_LIFE_MS,
      ],
    ]);
    expect(await stack.store.plans.get(presented[0]?.id ?? "")).toMatchObject({ state: "waiting" });
    expect((await at("2026-03-10T07:30:00.000Z")).presented).toEqual([]);
    expect((await at("2026-03-11T06:30:00.000Z")).presented).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it("says why no plan was made, once", async () => {
    const engine = {
      ...stack.engine,
      propose: async () => {
        throw new AppError("POLICY_DENIED", "The roster may have been cut off. No plan is made.", {
          next: "Check the roster.",
        });
      },
    };
    const { at } = twoProcesses({ schedules: [{ name: "okta", schedule: "06:30" }], engine });
    const { told, presented } = await at("2026-03-10T06:31:00.000Z");
    expect(presented).toEqual([]);
    expect(told.map(({ event, facts }) => [event, facts[0]])).toEqual([
      ["roster.no_plan", ["Why", "The roster may have been cut off. No plan is made."]],
    ]);
    expect((await at("2026-03-10T06:32:00.000Z")).told).toEqual([]);
  });

  it("keeps a plan for as long as it asks for", async () => {
    const { workspaces, leaver } = SEED;
    const args = { workspace: workspaces.enterprise.id, member: leaver.id };
    const plan = await stack.engine.propose("remove_from_boards", args, stack.caller, 86_400_000);
    expect(Date.parse(plan.expiresAt) - Date.parse(plan.createdAt)).toBeGreaterThanOrEqual(
      86_400_000 - 60_000,
    );
  });
});

it("nothing that fails ends the loop", async () => {
  const engine = {
    ...stack.engine,
    signOffs: { ...stack.engine.signOffs, list: () => Promise.reject(new Error("the store is gone")) },
  };
  const { at } = twoProcesses({ engine });
  await expect(at("2026-03-10T06:31:00.000Z")).resolves.toEqual({ told: [], presented: [] });
});
