import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServiceDesk } from "../../src/approvals/service-desk.ts";
import { createStarter } from "../../src/approvals/starter.ts";
import type { Caller } from "../../src/domain/planning.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Stack, startStack, writesIn } from "../support/stack.ts";
import { gatewayTo } from "../support/wiring.ts";

const ARGS = { workspace: SEED.workspaces.enterprise.id, member: SEED.leaver.id };
const ada: Caller = {
  client: "c/1",
  subject: { id: "https://id.example#ada", name: "Ada", email: null },
};

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

function deskOn(engine: Engine) {
  const { now } = stack.deps.clock;
  const log = () => {};
  const apply = (planId: string, signal: AbortSignal) => engine.apply(planId, { ...ada, signal });
  return createServiceDesk({
    starter: createStarter({ apply, now, log }),
    pagesUrl: "https://identity.example/approvals",
    startable: () => engine.startable(),
    now,
    log,
    graceMs: 0,
    lookMs: 5,
  });
}

async function decided(level: "approval" | "client", accepted = true) {
  const plan = await stack.engine.propose("remove_from_boards", ARGS, ada);
  await stack.engine.storePlan(plan);
  await stack.engine.decide(plan.id, { accepted, level, by: "eva" });
  return plan;
}

/** Enough for a busy machine. */
const PATIENCE = { timeout: 60_000 };

test("a plan whose process ended after the approval is started by another, once for all of them", async () => {
  const plan = await decided("approval");
  const desks = [deskOn(stack.another()), deskOn(stack.another())];
  await vi.waitFor(async () => {
    const runId = (await stack.store.plans.get(plan.id))?.runId;
    expect(await stack.store.runs.get(runId ?? "")).toMatchObject({ state: "applied" });
  }, PATIENCE);
  await Promise.all(desks.map((desk) => desk.close()));
  expect(writesIn(stack.sandbox)).toHaveLength(SEED.leaverBoards.enterprise);
  expect(await stack.store.runs.list({ limit: 5 })).toHaveLength(1);
});

test("only what a person approved outside the client, with this server's token, is started", async () => {
  await decided("client");
  await decided("approval", false);
  expect(await stack.engine.startable()).toEqual([]);
  const approved = await decided("approval");
  expect((await stack.engine.startable()).map(({ plan }) => plan.id)).toEqual([approved.id]);
  const gateway = gatewayTo(stack.sandbox.env, stack.store, { token: SEED.tokens.normalMember });
  expect(await stack.another({ gateway }).startable()).toEqual([]);
  await gateway.close();
  expect(await stack.another({ planner: () => undefined }).startable()).toEqual([]);
});

test("the address of a plan is the public one, and no browser is opened", async () => {
  const desk = deskOn(stack.engine);
  const plan = await stack.engine.propose("remove_from_boards", ARGS, ada);
  expect(await desk.present(plan)).toEqual({
    url: `https://identity.example/approvals/plans/${plan.id}`,
    opened: false,
    signIn: true,
  });
  await desk.close();
});
