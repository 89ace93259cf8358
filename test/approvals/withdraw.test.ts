import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { failure } from "../support/failure.ts";
import { writesIn } from "../support/stack.ts";
import { type DeskHarness, type Form, formsIn, startDesk, type Visitor, visit } from "./desk-harness.ts";

let desk: DeskHarness;
let visitor: Visitor;
let planId: string;
let principalId: string;
beforeEach(async () => {
  // The run of an approved plan starts when the test lets it.
  desk = await startDesk({ desk: { apply: () => new Promise(() => {}) } });
  const { plan } = await desk.wait("remove_from_workspace", {
    workspace: SEED.workspaces.standard.id,
    member: SEED.leaver.id,
  });
  planId = plan.id;
  principalId = plan.principal.id;
  visitor = await visit(desk.opened[0] ?? "");
  await visitor.submit(await formOf("approve"));
});
afterEach(() => desk.stack.close());

async function formOf(action: string): Promise<Form> {
  const form = formsIn((await visitor.get(visitor.landed)).text)[action];
  if (!form) throw new Error(`the page has no form ${action}`);
  return form;
}

async function begin(): Promise<string> {
  const at = new Date(desk.stack.deps.clock.now()).toISOString();
  const start = { runId: "run_1", principalId, holder: "one", at, leaseMs: 60_000 };
  return (await desk.stack.store.plans.startRun(planId, start)).id;
}

test("the page of an approved plan withdraws the approval, and says so afterwards", async () => {
  expect((await visitor.submit(await formOf("withdraw"))).status).toBe(303);
  expect((await visitor.get(visitor.landed)).text).toContain("withdrew this plan");
  expect(await failure(desk.stack.engine.apply(planId, desk.stack.caller))).toMatchObject({
    code: "CONFIRMATION_DECLINED",
  });
  expect(writesIn(desk.stack.sandbox)).toEqual([]);
});

test("the page of a run withdraws it until the first request was sent", async () => {
  const runId = await begin();
  expect((await visitor.get(visitor.landed)).text).toContain("Nothing was sent yet");
  expect((await visitor.submit(await formOf("withdraw"))).status).toBe(303);
  expect(await desk.stack.store.runs.get(runId)).toMatchObject({
    state: "stopped",
    stopped: { message: "it-admin withdrew the approval before anything was sent." },
  });
  const sent = { index: 0, state: "sent", at: new Date().toISOString(), error: null, requests: 1 } as const;
  expect(await failure(desk.stack.store.runs.append(runId, "one", sent))).toMatchObject({
    code: "CONFLICT",
    details: { lease: "stopped" },
  });
});

test("a run that has sent something is stopped, not withdrawn", async () => {
  const form = await formOf("withdraw");
  const runId = await begin();
  const at = new Date(desk.stack.deps.clock.now()).toISOString();
  await desk.stack.store.runs.append(runId, "one", { index: 0, state: "sent", at, error: null, requests: 1 });
  expect((await visitor.submit(form)).status).toBe(409);
  expect((await desk.stack.store.runs.get(runId))?.state).toBe("running");
  expect((await visitor.get(visitor.landed)).text).toContain("Stop the run");
});

test.each([
  ["no token", { token: "" }],
  ["another digest", { digest: "0".repeat(64) }],
])("a form with %s withdraws nothing", async (_what, fields) => {
  expect((await visitor.submit(await formOf("withdraw"), fields)).status).toBe(403);
  expect((await desk.stack.store.plans.get(planId))?.state).toBe("accepted");
});
