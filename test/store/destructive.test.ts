import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BACKENDS, newStore } from "./backends.ts";
import { anEntry, aPlan, aRun, at, LEASE_MS, NOON, PASS, someEffects } from "./fixtures.ts";
import { history, PEOPLE, type Played, play, SECONDS, WORKSPACES } from "./histories.ts";

/** The destructive effects that count since a time, worked out from the records alone. */
function naively(runs: readonly Played[], since: string) {
  return runs.flatMap(({ id, who, state: run, effects, journal }) =>
    effects.flatMap(({ op, target }, index) => {
      const own = journal.filter((entry) => entry.index === index);
      const state = own.at(-1)?.state ?? "pending";
      const sentAt = own.findLast((entry) => entry.state === "sent")?.at ?? "";
      const mayBeSent = run === "running" || run === "verifying";
      const counts =
        state === "failed"
          ? false
          : state === "pending"
            ? mayBeSent
            : sentAt >= since || (mayBeSent && (state === "sent" || state === "lost"));
      return op.startsWith("remove_") && counts
        ? [{ who, where: target["idOrganization"], id, person: target["idMember"] ?? "" }]
        : [];
    }),
  );
}

describe.each(BACKENDS)("destructive effects on $name", (backend) => {
  it("are counted as their journals tell, whatever happened", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (told) => {
        const store = await newStore(backend);
        const runs = await play(store, told);
        for (let seconds = 0; seconds <= SECONDS + 1; seconds += 1) {
          const counting = naively(runs, at(seconds));
          for (const who of PEOPLE) {
            for (const where of [...WORKSPACES, "", null]) {
              expect(await store.runs.destructiveSince(at(seconds), who, where)).toEqual({
                principal: counting.filter((effect) => effect.who === who).length,
                workspace: where ? counting.filter((effect) => effect.where === where).length : 0,
              });
              const except = runs[0]?.id ?? "";
              const people = (own: (effect: (typeof counting)[number]) => boolean) =>
                [
                  ...new Set(
                    counting.filter((each) => each.id !== except && own(each)).map((each) => each.person),
                  ),
                ].sort();
              const losers = await store.runs.losersSince(at(seconds), who, where, except);
              expect([[...losers.principal].sort(), [...losers.workspace].sort()]).toEqual([
                people((each) => each.who === who),
                where ? people((each) => each.where === where) : [],
              ]);
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it("count while a run has yet to send them, and once it has ended only where it sent them", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(5) });
    const count = async (since = 0) => (await store.runs.destructiveSince(at(since), "m9", "w1")).workspace;
    expect(await count()).toBe(5);
    await store.runs.append(run.id, "one", anEntry(0, "sent", 5));
    await store.runs.append(run.id, "one", anEntry(0, "applied", 6));
    await store.runs.append(run.id, "one", anEntry(1, "sent", 5));
    await store.runs.append(run.id, "one", anEntry(1, "failed", 6));
    await store.runs.append(run.id, "one", anEntry(2, "sent", 5));
    await store.runs.append(run.id, "one", anEntry(2, "pending", 6));
    // Settled without a request: nothing was destroyed.
    await store.runs.append(run.id, "one", anEntry(3, "already", 6));
    expect(await count()).toBe(3);
    await store.runs.finish(run.id, "one", { state: "partial", evidence: PASS, at: at(9) });
    expect(await count()).toBe(1);
    expect([await count(5), await count(6)]).toEqual([1, 0]);
  });

  it("count by when they were sent, also in a run that began before the window", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(3) });
    for (const [index, sent] of [
      [0, 1],
      [1, 20],
    ] as const) {
      await store.runs.append(run.id, "one", anEntry(index, "sent", sent));
      await store.runs.append(run.id, "one", anEntry(index, "applied", sent));
    }
    // The third is still to come, so it counts in any window.
    expect(await store.runs.destructiveSince(at(10), "m9", "w1")).toEqual({ principal: 2, workspace: 2 });
    expect(await store.runs.destructiveSince(at(21), "m9", "w1")).toEqual({ principal: 1, workspace: 1 });
  });

  it("let no runs that start at the same moment pass a limit together", async () => {
    const store = await newStore(backend);
    const limit = 5;
    const plans = Array.from({ length: 12 }, () => aPlan({ requires: "none" }));
    for (const plan of plans) await store.plans.put(plan);
    const counts = await Promise.all(
      plans.map(async (plan, n) => {
        await store.plans.startRun(plan.id, {
          runId: `run_${n}`,
          principalId: plan.principal.id,
          holder: "one",
          at: NOON,
          leaseMs: LEASE_MS,
        });
        return (await store.runs.destructiveSince(at(-86_400), "m9", "w1")).principal;
      }),
    );
    expect(counts.filter((count) => count <= limit).length).toBeLessThanOrEqual(limit);
    expect(Math.max(...counts)).toBe(plans.length);
  });

  it("are counted in a plan of thousands", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(1201) });
    expect(await store.runs.destructiveSince(at(0), "m9", "w1")).toEqual({
      principal: 1201,
      workspace: 1201,
    });
    await store.runs.append(run.id, "one", anEntry(1200, "sent", 1));
    await store.runs.finish(run.id, "one", { state: "partial", evidence: PASS, at: at(2) });
    expect(await store.runs.destructiveSince(at(0), "m9", "w1")).toEqual({ principal: 1, workspace: 1 });
  });
});
