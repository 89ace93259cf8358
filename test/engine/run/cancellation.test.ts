import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { boardsWith, confirm, inWorkspace, type Stack, startStack, writesIn } from "../../support/stack.ts";

const { standard } = SEED.workspaces;
const REMOVE = { workspace: standard.id, member: SEED.leaver.id };

let stack: Stack;
let faults: Fault[];
beforeEach(async () => {
  faults = [];
  stack = await startStack({ sandbox: { faults, rateLimits: false } });
});
afterEach(() => stack.close());

/** A caller who gives up after so many effects. */
function impatient(after: number) {
  const stop = new AbortController();
  const seen: { done: number; total: number; message: string }[] = [];
  return {
    seen,
    caller: {
      ...stack.caller,
      signal: stop.signal,
      onProgress: (progress: { done: number; total: number; message: string }) => {
        seen.push(progress);
        if (progress.done === after) stop.abort();
      },
    },
  };
}

describe("a caller who gives up in the middle", () => {
  test("stops the run between two writes: nothing begun is left without its answer", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const { caller } = impatient(9);
    const error = await failure(stack.engine.apply(plan.id, caller));
    expect(error).toMatchObject({ code: "PARTIALLY_APPLIED", applied: "yes", retry: "resume" });

    const run = await stack.store.runs.get(error.details["runId"] as string);
    expect(run).toMatchObject({ state: "running", evidence: null, endedAt: null });
    const done = run?.effects.filter(({ state }) => state === "applied") ?? [];
    expect(done.length).toBeGreaterThanOrEqual(9);
    expect(done.length).toBeLessThan(20);
    expect(run?.effects.every(({ state }) => state === "applied" || state === "pending")).toBe(true);
    expect(writesIn(stack.sandbox)).toHaveLength(done.length);
    expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeDefined();
    const last = (await stack.store.audit.read({ limit: 100 })).at(-1);
    expect(last).toMatchObject({ event: "run.paused", facts: { run: run?.id, why: "stopped" } });
  });

  test("leaves a run that is taken up at once and finished, nothing sent twice", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    stack.sandbox.resetRequests();
    const error = await failure(stack.engine.apply(plan.id, impatient(9).caller));
    const [run, ...more] = await stack.another().recover();
    expect(more).toEqual([]);
    expect(run).toMatchObject({ id: error.details["runId"], state: "applied", evidence: { result: "PASS" } });
    expect(writesIn(stack.sandbox)).toHaveLength(31);
    // What it cost before it was stopped is counted with what it cost afterwards.
    expect(run?.evidence?.requests).toBe(stack.sandbox.requests.length);
    expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toEqual([]);
    const events = (await stack.store.audit.read({ limit: 100 })).map(({ event }) => event);
    expect(events).toEqual([
      "plan.held",
      "plan.decided",
      "run.started",
      "run.paused",
      "run.resumed",
      "run.finished",
    ]);
    expect(await stack.another().recover()).toEqual([]);
  });

  test("while a write is slow, is told after the answer is written down", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    faults.push({ operation: "DELETE /boards/{id}/members/{idMember}", attempt: 1, kind: "slow", ms: 400 });
    const error = await failure(stack.engine.apply(plan.id, impatient(1).caller));
    const run = await stack.store.runs.get(error.details["runId"] as string);
    // Several are sent at once, so the first to arrive may be any of them.
    const [slow] = writesIn(stack.sandbox);
    const row = run?.effects.find(({ effect }) => slow?.path.includes(effect.target["idBoard"] ?? "none"));
    expect(row).toMatchObject({ state: "applied", attempts: 1 });
    expect(run?.effects.some(({ state }) => state === "sent" || state === "lost")).toBe(false);
  });

  test("before the first write leaves nothing done, and the decision unspent where planning was stopped", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const stop = AbortSignal.abort();
    await failure(stack.engine.apply(plan.id, { ...stack.caller, signal: stop }));
    expect(writesIn(stack.sandbox)).toEqual([]);
    expect((await stack.store.plans.get(plan.id))?.state).toBe("accepted");
    expect(await stack.engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });

  test("after the last write gets the run to its end: what was done is verified", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const run = await stack.engine.apply(plan.id, impatient(31).caller);
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  });
});

test("progress is told for each effect, once, counting up to all of them", async () => {
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  const { caller, seen } = impatient(Number.POSITIVE_INFINITY);
  await stack.engine.apply(plan.id, caller);
  expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
  expect(seen.every(({ total }) => total === 31)).toBe(true);
  expect(seen.map(({ message }) => message).toSorted()).toEqual(
    plan.effects.map(({ description }) => description).toSorted(),
  );
});

test("a server that stops while it takes runs up leaves the others for the next one", async () => {
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  await failure(stack.engine.apply(plan.id, impatient(3).caller));
  expect(await stack.another().recover(AbortSignal.abort())).toEqual([]);
  expect(await stack.another().recover()).toMatchObject([{ state: "applied" }]);
});
