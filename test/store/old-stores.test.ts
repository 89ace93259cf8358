import { join } from "node:path";
import { expect, test } from "vitest";
import { applyRefusal } from "../../src/domain/decision-rules.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { reportOf } from "../../src/report/record.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { readFailure } from "../../src/store/old-shapes.ts";
import { startStack } from "../support/stack.ts";
import { newFolder, opened } from "./backends.ts";
import { writeOldStore } from "./old.ts";

/** A store as version 1 left it, opened by this version. */
async function oldStore() {
  const path = join(await newFolder(), "old.db");
  writeOldStore(path, 1);
  return await opened(`sqlite:${path}`);
}

test("runs of an old store are listed with what they did and how they ended", async () => {
  const store = await oldStore();
  const runs = await store.runs.list({ principal: SEED.admin.id, limit: 10 });
  expect(runs.map(({ id, state, done, total, result }) => [id, state, done, total, result])).toEqual([
    ["run_old9", "running", 8, 10, null],
    ["run_old6", "applied", 1, 1, "PASS"],
    ["run_old3", "partial", 1, 2, "INCOMPLETE"],
  ]);
  for (const { id, tool, summary } of runs) {
    const run = await store.runs.get(id);
    expect([tool, summary]).toEqual([run?.plan.tool, run?.plan.summary]);
  }
  expect(await store.runs.list({ principal: "somebody", limit: 10 })).toEqual([]);
});

test("the chain of an old store is unbroken, and is gone on with", async () => {
  const store = await oldStore();
  const { records, broken, changed } = await store.audit.verify();
  expect(records).toBeGreaterThan(10);
  expect(broken).toBeNull();
  expect(changed).toEqual([]);
});

test("a failure that was stored as text is read as data", async () => {
  const store = await oldStore();
  expect((await store.runs.get("run_old3"))?.effects.map(({ error }) => error)).toEqual([
    {
      code: "CONFLICT",
      message: "Trello refused because no admin would be left.",
      next: "Make somebody else an admin first, then plan again.",
    },
    null,
  ]);
});

test.each([
  ["RATE_LIMITED: Too many requests.", "RATE_LIMITED", "Too many requests.", null],
  ["CONFLICT: A: b. Next: Do it. Next: Twice.", "CONFLICT", "A: b.", "Do it. Next: Twice."],
  ["CONFLICT: Two\nlines. Next: Three\nlines.", "CONFLICT", "Two\nlines.", "Three\nlines."],
  ["no code at all", "INTERNAL", "no code at all", null],
  ["", "INTERNAL", "", null],
])("reads the failure %j", (text, code, message, next) => {
  expect(readFailure(text)).toEqual({ code, message, next });
  expect(readFailure(JSON.stringify({ code, message, next }))).toEqual({ code, message, next });
});

test("plans of an old store stand where they stood", async () => {
  const store = await oldStore();
  const stood = {
    1: "used",
    4: "used",
    7: "used",
    10: "accepted",
    11: "waiting",
    12: "declined",
    13: "void",
  };
  for (const [n, state] of Object.entries(stood)) {
    const stored = await store.plans.get(`plan_old${n}`);
    expect([n, stored?.state]).toEqual([n, state]);
    expect(stored?.runId).toBe(state === "used" ? `run_old${Number(n) + 2}` : null);
  }
  const by = { principalId: SEED.admin.id, at: "2026-11-27T19:20:00.000Z" };
  expect(applyRefusal(await store.plans.get("plan_old1"), by)).toMatchObject({
    code: "CONFLICT",
    details: { runId: "run_old3" },
  });
});

test("evidence of an old store is read under its names of now", async () => {
  const store = await oldStore();
  const [partial, applied] = [await store.runs.get("run_old3"), await store.runs.get("run_old6")];
  expect(partial?.evidence).toMatchObject({
    result: "INCOMPLETE",
    unfinished: [expect.stringMatching(/^Remove .*: CONFLICT: /)],
    untouched: [
      expect.stringContaining("stays in the workspace Northwind Operations"),
      expect.stringContaining("stays on 28 other boards there"),
    ],
  });
  expect(applied?.evidence).toMatchObject({ result: "PASS", unfinished: [] });
  for (const { evidence, plan } of [partial, applied].flatMap((run) => run ?? []))
    expect(Object.keys({ ...evidence, ...plan }).filter((name) => name.startsWith("remain"))).toEqual([]);
  // Reports are made of it as of any other.
  if (partial) expect(reportOf(partial).runs[0]?.unfinished).toHaveLength(1);
});

test("a run that an old store left half done is stopped, because it is more than a day old", async () => {
  const store = await oldStore();
  const stack = await startStack();
  const later = { ...stack.deps.clock, now: () => Date.parse("2026-11-29T00:00:00Z") };
  const [run, ...more] = await createEngine({ ...stack.deps, store, clock: later }).recover();
  expect(more).toEqual([]);
  expect(run).toMatchObject({ id: "run_old9", state: "stopped", stopped: { code: "CONFIRMATION_EXPIRED" } });
  expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [] });
  await stack.close();
});
