import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/domain/plan.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { aDecision, anEffect, aPlan, at, LEASE_MS, NOON } from "./fixtures.ts";

const start = (runId = "run_1", seconds = 120) => ({
  runId,
  principalId: "m9",
  holder: "one",
  at: at(seconds),
  leaseMs: LEASE_MS,
});

describe.each(BACKENDS)("plans on $name", (backend) => {
  it("keeps a plan as it was given, waiting and undecided", async () => {
    const { plans } = await newStore(backend);
    const plan = aPlan({ summary: "Zoë \ud800 \u0000 'quoted' \"\\\" 🙂", args: { deep: [1, { b: null }] } });
    await plans.put(plan);
    expect(await plans.get(plan.id)).toEqual({ plan, state: "waiting", decision: null, runId: null });
    expect(await plans.get("plan_unknown")).toBeNull();
  });

  it("reads a plan that an earlier version stored, by `get`, among the waiting and as a run", async () => {
    const { plans, runs } = await newStore(backend);
    const { untouched: _, ...plan } = aPlan();
    const left = ["The account stays"];
    await plans.put({ ...plan, remains: left } as unknown as Plan);
    const now = { ...plan, untouched: left };
    expect((await plans.get(plan.id))?.plan).toEqual(now);
    expect((await plans.waiting(at(0))).map((stored) => stored.plan)).toEqual([now]);
    await plans.decide(aDecision(now));
    expect((await plans.startRun(plan.id, start())).plan).toEqual(now);
    expect((await runs.get("run_1"))?.plan).toEqual(now);
  });

  it("refuses a second plan with the same id and keeps the first", async () => {
    const { plans } = await newStore(backend);
    const plan = aPlan();
    await plans.put(plan);
    await expect(plans.put({ ...plan, summary: "other" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await plans.get(plan.id))?.plan).toEqual(plan);
  });

  it("lists plans that wait and have not expired, oldest first, whatever the spelling of the times", async () => {
    const { plans } = await newStore(backend);
    const [late, early, over, decided] = [
      aPlan({ createdAt: "2026-03-01T12:00:05Z" }),
      aPlan({ createdAt: "2026-03-01T13:00:04.500+01:00" }),
      aPlan({ expiresAt: at(300) }),
      aPlan(),
    ] as const;
    for (const plan of [late, early, over, decided]) await plans.put(plan);
    await plans.decide(aDecision(decided));
    expect((await plans.waiting(at(300))).map(({ plan }) => plan.id)).toEqual([early.id, late.id]);
  });

  it("records a decision and starts a run from it", async () => {
    const { plans, runs } = await newStore(backend);
    const plan = aPlan({ effects: [anEffect(), anEffect({ id: "b2/m1" })] });
    await plans.put(plan);
    const decision = aDecision(plan);
    expect(await plans.decide(decision)).toEqual({ plan, state: "accepted", decision, runId: null });

    const run = await plans.startRun(plan.id, start());
    expect(run).toMatchObject({
      id: "run_1",
      plan,
      decision,
      state: "running",
      evidence: null,
      endedAt: null,
    });
    expect(run.effects.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["pending", 0],
      ["pending", 0],
    ]);
    expect(await runs.get("run_1")).toEqual(run);
    expect(await plans.get(plan.id)).toEqual({ plan, state: "used", decision, runId: "run_1" });
  });

  it.each([
    ["of an unknown plan", "NOT_FOUND", { planId: "plan_unknown" }],
    ["at the moment of expiry", "CONFIRMATION_EXPIRED", { at: at(900) }],
    ["with a time that cannot be read", "CONFIRMATION_EXPIRED", { at: "soon" }],
    ["on another digest", "CONFLICT", { digest: "e".repeat(64) }],
    ["weaker than the plan requires", "CONFIRMATION_PENDING", { level: "two_step" }],
  ] as const)("refuses a decision %s and changes nothing", async (_when, code, over) => {
    const { plans } = await newStore(backend);
    const plan = aPlan();
    await plans.put(plan);
    await expect(plans.decide(aDecision(plan, over))).rejects.toMatchObject({ code });
    expect(await plans.get(plan.id)).toEqual({ plan, state: "waiting", decision: null, runId: null });
  });

  it("lets a weaker level decline", async () => {
    const { plans } = await newStore(backend);
    const plan = aPlan({ requires: "four_eyes" });
    await plans.put(plan);
    const stored = await plans.decide(aDecision(plan, { accepted: false, level: "two_step" }));
    expect(stored.state).toBe("declined");
  });

  it.each([
    ["accepted", "CONFLICT"],
    ["declined", "CONFIRMATION_DECLINED"],
    ["used", "CONFLICT"],
    ["void", "PLAN_STALE"],
  ] as const)("refuses a second decision on a plan that is %s", async (state, code) => {
    const { plans } = await newStore(backend);
    const plan = aPlan();
    await plans.put(plan);
    if (state === "void") await plans.discard(plan.id, { at: NOON, found: null });
    else await plans.decide(aDecision(plan, { accepted: state !== "declined" }));
    if (state === "used") await plans.startRun(plan.id, start());
    const before = await plans.get(plan.id);
    expect(before?.state).toBe(state);
    // A no takes back a yes until the run has started.
    for (const accepted of state === "accepted" ? [true] : [true, false]) {
      await expect(plans.decide(aDecision(plan, { accepted, by: "mallory" }))).rejects.toMatchObject({
        code,
      });
    }
    expect(await plans.get(plan.id)).toEqual(before);
  });

  it.each([
    ["waiting for a decision", "CONFIRMATION_PENDING"],
    ["declined", "CONFIRMATION_DECLINED"],
    ["void", "PLAN_STALE"],
    ["accepted and void", "PLAN_STALE"],
    ["used", "CONFLICT"],
    ["expired", "CONFIRMATION_EXPIRED"],
    ["unknown", "NOT_FOUND"],
    ["another principal's", "NOT_FOUND"],
  ] as const)("starts no run of a plan that is %s", async (state, code) => {
    const { plans, runs } = await newStore(backend);
    const plan = aPlan();
    await plans.put(plan);
    if (!["waiting for a decision", "void"].includes(state)) {
      await plans.decide(aDecision(plan, { accepted: state !== "declined" }));
    }
    if (state.endsWith("void")) await plans.discard(plan.id, { at: NOON, found: null });
    if (state === "used") await plans.startRun(plan.id, start("run_first"));
    const before = await plans.get(plan.id);
    const id = state === "unknown" ? "plan_unknown" : plan.id;
    const begin = {
      ...start("run_2", state === "expired" ? 900 : 120),
      principalId: state.startsWith("another") ? "m1" : "m9",
    };
    await expect(plans.startRun(id, begin)).rejects.toMatchObject({ code });
    expect(await runs.get("run_2")).toBeNull();
    expect(await plans.get(plan.id)).toEqual(before);
  });

  it("starts a run without a decision only where none is required", async () => {
    const { plans } = await newStore(backend);
    const plan = aPlan({ requires: "none" });
    await plans.put(plan);
    expect(await plans.startRun(plan.id, start())).toMatchObject({ decision: null, startedAt: at(120) });
  });

  it("leaves a declined and a used plan as they are when it is discarded", async () => {
    const { plans } = await newStore(backend);
    const [declined, used] = [aPlan(), aPlan({ requires: "none" })] as const;
    await plans.put(declined);
    await plans.put(used);
    await plans.decide(aDecision(declined, { accepted: false, at: NOON }));
    await plans.startRun(used.id, start());
    for (const { id } of [declined, used]) await plans.discard(id, { at: NOON, found: null });
    expect((await plans.get(declined.id))?.state).toBe("declined");
    expect((await plans.get(used.id))?.state).toBe("used");
  });

  it("gives one of twenty calls at once the run", async () => {
    const { plans } = await newStore(backend);
    const plan = aPlan({ requires: "none" });
    await plans.put(plan);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, caller) => plans.startRun(plan.id, start(`run_${caller}`))),
    );
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect((await plans.get(plan.id))?.runId).toBe(won[0]?.value.id);
  });
});
