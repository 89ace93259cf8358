import { expect, test } from "vitest";
import { keepRecovering } from "../../../src/cli/support/serve.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirm, inWorkspace, startStack } from "../../support/stack.ts";

const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const REMOVE_OTHER = { workspace: SEED.workspaces.standard.id, member: SEED.successor.id };
const quiet = () => {};

/** A wait that ends when the test says so, and like a real one when it is aborted. */
function pausing() {
  const begun: { ms: number; end: () => void }[] = [];
  let arrived = () => {};
  return {
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        begun.push({ ms, end: resolve });
        signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
        arrived();
      }),
    /** Resolves with the n-th wait. */
    async nth(n: number) {
      while (begun.length < n) await new Promise<void>((resolve) => (arrived = resolve));
      const wait = begun[n - 1];
      if (!wait) throw new Error("unreachable");
      return wait;
    },
  };
}

test("one pass after the other, at first over everything, until it is stopped; a failed pass ends nothing", async () => {
  const passes: (string | undefined)[] = [];
  const logged: string[] = [];
  let under = 0;
  const stop = new AbortController();
  const waits = pausing();
  const ended = keepRecovering(
    {
      engine: {
        async recover(_signal, which) {
          passes.push(which);
          under += 1;
          expect(under).toBe(1);
          await Promise.resolve();
          under -= 1;
          if (passes.length === 2) throw new Error("the disk is full");
          return [];
        },
      },
      log: (level, _facts, message) => logged.push(`${level}: ${message}`),
    },
    waits.sleep,
    stop.signal,
  );
  for (const n of [1, 2, 3]) {
    const { ms, end } = await waits.nth(n);
    expect(ms).toBe(15_000);
    end();
  }
  await waits.nth(4);
  stop.abort();
  await ended;
  expect(passes).toEqual(["all", "abandoned", "abandoned", "abandoned"]);
  expect(logged).toEqual(["error: unfinished runs could not be continued"]);
});

/** Old enough for its lease to have lapsed, and not so old that it is before its plan. */
const A_MINUTE_AGO = new Date(Date.now() - 60_000).toISOString();

test("a run whose process dies later is finished by a process that was there already", async () => {
  const stack = await startStack();
  const stop = new AbortController();
  const waits = pausing();
  try {
    const ended = keepRecovering({ engine: stack.another(), log: quiet }, waits.sleep, stop.signal);
    const first = await waits.nth(1);
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    // Its lease has lapsed long ago: nobody renews it.
    await stack.store.plans.startRun(plan.id, {
      runId: "run_orphan",
      principalId: plan.principal.id,
      holder: "elsewhere:1:dead",
      at: A_MINUTE_AGO,
      leaseMs: 1,
    });
    first.end();
    await waits.nth(2);
    stop.abort();
    await ended;
    expect(await stack.store.runs.get("run_orphan")).toMatchObject({
      state: "applied",
      evidence: { result: "PASS" },
    });
    expect(inWorkspace(stack.sandbox, REMOVE.workspace, REMOVE.member)).toBeUndefined();
  } finally {
    stop.abort();
    await stack.close();
  }
});

test("a run whose caller went away goes on by itself, one that a caller cancelled does not", async () => {
  const stack = await startStack();
  try {
    const stopped = async (cancelled: boolean): Promise<unknown> => {
      const plan = await confirm(stack, "remove_from_boards", cancelled ? REMOVE_OTHER : REMOVE);
      const caller = new AbortController();
      const error = await failure(
        stack.engine.apply(plan.id, {
          ...stack.caller,
          signal: caller.signal,
          cancelled: () => cancelled,
          onProgress: ({ done }) => done === 1 && caller.abort(),
        }),
      );
      return error.details["runId"];
    };
    const [gone, wished] = [await stopped(false), await stopped(true)];
    expect(await stack.another().recover(undefined, "abandoned")).toMatchObject([
      { id: gone, state: "applied" },
    ]);
    expect(await stack.another().recover()).toEqual([]);
    expect(await stack.store.runs.get(String(wished))).toMatchObject({ state: "cancelled", evidence: null });
  } finally {
    await stack.close();
  }
});

test("a run in this process's own hands is left alone, though its lease lapsed", async () => {
  const stack = await startStack();
  try {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    await stack.store.plans.startRun(plan.id, {
      runId: "run_mine",
      principalId: plan.principal.id,
      holder: stack.deps.processName,
      at: A_MINUTE_AGO,
      leaseMs: 1,
    });
    expect(await stack.engine.recover()).toEqual([]);
    expect(await stack.another().recover()).toMatchObject([{ id: "run_mine", state: "applied" }]);
  } finally {
    await stack.close();
  }
});
