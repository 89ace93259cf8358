import { describe, expect, it } from "vitest";
import type { Evidence, Run } from "../../src/domain/run.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { anEntry, aPlan, aRun, at, LEASE_MS, PASS, someEffects } from "./fixtures.ts";

const nobodyGone = () => false;

describe.each(BACKENDS)("runs on $name", (backend) => {
  it("tells a run's effects from its journal, in the order it was written", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(3) });
    const journal = [
      anEntry(1, "sent", 1),
      anEntry(0, "sent", 2),
      anEntry(1, "lost", 3, {
        code: "UPSTREAM_UNAVAILABLE",
        message: 'Trello did not answer. Next: "nothing"\n{',
        next: null,
      }),
      anEntry(0, "applied", 4),
      anEntry(1, "sent", 5),
      anEntry(1, "applied", 6),
    ];
    for (const entry of journal) await store.runs.append(run.id, "one", entry);
    expect(await store.runs.journal(run.id)).toEqual(journal);
    const effects = (await store.runs.get(run.id))?.effects;
    expect(
      effects?.map(({ state, attempts, sentAt, settledAt }) => [state, attempts, sentAt, settledAt]),
    ).toEqual([
      ["applied", 1, at(2), at(4)],
      ["applied", 2, at(5), at(6)],
      ["pending", 0, null, null],
    ]);
  });

  it("counts runs by state", async () => {
    const store = await newStore(backend);
    expect(await store.runs.counts()).toEqual({});
    const runs = [await aRun(store, { effects: someEffects(1) }), await aRun(store), await aRun(store)];
    await store.runs.setState(runs[0]?.id ?? "", "one", "verifying");
    await store.runs.finish(runs[1]?.id ?? "", "one", { state: "applied", evidence: PASS, at: at(9) });
    expect(await store.runs.counts()).toEqual({ verifying: 1, applied: 1, running: 1 });
  });

  it("reads evidence that an earlier version stored", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(1) });
    const { unfinished: _1, unverified: _2, untouched: _3, ...evidence } = PASS;
    const old = { ...evidence, result: "INCOMPLETE", remaining: ["a board"], remains: ["the account"] };
    await store.runs.finish(run.id, "one", {
      state: "partial",
      evidence: old as unknown as Evidence,
      at: at(9),
    });
    expect((await store.runs.get(run.id))?.evidence).toEqual({
      ...evidence,
      result: "INCOMPLETE",
      unfinished: ["a board"],
      unverified: [],
      untouched: ["the account"],
    });
  });

  it("takes no record from another owner, for another run, or of an effect that is not there", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(2) });
    await expect(store.runs.append(run.id, "two", anEntry(0, "sent"))).rejects.toMatchObject({
      code: "CONFLICT",
      details: { lease: "lost" },
    });
    await expect(store.runs.append("run_unknown", "one", anEntry(0, "sent"))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    for (const index of [-1, 2, 0.5]) {
      await expect(store.runs.append(run.id, "one", anEntry(index, "sent"))).rejects.toMatchObject({
        code: "INTERNAL",
      });
    }
    expect(await store.runs.journal(run.id)).toEqual([]);
  });

  it.each(["applied", "already"] as const)("takes no intent for an effect that is %s", async (state) => {
    const store = await newStore(backend);
    const run = await aRun(store);
    await store.runs.append(run.id, "one", anEntry(0, "sent", 1));
    await store.runs.append(run.id, "one", anEntry(0, state, 2));
    await expect(store.runs.append(run.id, "one", anEntry(0, "sent", 3))).rejects.toMatchObject({
      code: "CONFLICT",
      applied: "yes",
    });
    expect(await store.runs.journal(run.id)).toHaveLength(2);
  });

  it("takes a result after the lease lapsed, but an intent only once it is renewed", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(2) });
    await store.runs.append(run.id, "one", anEntry(0, "sent", 29));
    await store.runs.append(run.id, "one", anEntry(0, "applied", 31));
    await backend.timeIs(at(30));
    await expect(store.runs.append(run.id, "one", anEntry(1, "sent", 30))).rejects.toMatchObject({
      code: "CONFLICT",
      details: { lease: "lapsed" },
    });
    expect(await store.runs.renew([{ runId: run.id, holder: "one" }], at(32), LEASE_MS)).toEqual([true]);
    await store.runs.append(run.id, "one", anEntry(1, "sent", 33));
    expect(await store.runs.journal(run.id)).toHaveLength(3);
  });

  it("stops a process whose run was taken over, results too", async () => {
    const store = await newStore(backend);
    const run = await aRun(store);
    await store.runs.append(run.id, "one", anEntry(0, "sent", 1));
    await backend.timeIs(at(30));
    expect(await store.runs.claim(run.id, "two", at(30), LEASE_MS, nobodyGone)).toBe(true);
    const refused = { code: "CONFLICT", details: { lease: "lost" } };
    await expect(store.runs.append(run.id, "one", anEntry(0, "applied", 31))).rejects.toMatchObject(refused);
    await expect(store.runs.setState(run.id, "one", "verifying")).rejects.toMatchObject(refused);
    const end = { state: "applied", evidence: PASS, at: at(31) } as const;
    await expect(store.runs.finish(run.id, "one", end)).rejects.toMatchObject(refused);
    expect(await store.runs.renew([{ runId: run.id, holder: "one" }], at(31), LEASE_MS)).toEqual([false]);
    await store.runs.release(run.id, "one");
    await store.runs.append(run.id, "two", anEntry(0, "lost", 32));
    expect(await store.runs.get(run.id)).toMatchObject({ state: "running", effects: [{ state: "lost" }] });
  });

  it("renews many leases at once, and tells of each whether it is still held", async () => {
    const store = await newStore(backend);
    const runs: Run[] = [];
    for (let n = 0; n < 5; n += 1) runs.push(await aRun(store, {}, "one"));
    const [kept, taken, ended, stopped, released] = runs.map(({ id }) => id) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const gone = () => true;
    await store.runs.claim(taken, "one.1", at(5), LEASE_MS, gone);
    await store.runs.finish(ended, "one", { state: "applied", evidence: PASS, at: at(5) });
    const why = { code: "POLICY_DENIED", message: "No.", next: null } as const;
    await store.runs.stop(stopped, { at: at(5), by: "Ada", why });
    await store.runs.release(released, "one");
    await backend.timeIs(at(20));
    const asked = [taken, kept, "run_unknown", ended, stopped, released].map((runId) => ({
      runId,
      holder: "one",
    }));
    expect(await store.runs.renew([], at(20), LEASE_MS)).toEqual([]);
    // The process that took the run may be the same one, under its next name.
    expect(await store.runs.renew([...asked, { runId: taken, holder: "one.2" }], at(20), LEASE_MS)).toEqual([
      false,
      true,
      false,
      false,
      // A stopped run keeps its holder, which may still store answers.
      true,
      false,
      false,
    ]);
    // Only what was renewed is held after the first lease's end.
    await backend.timeIs(at(40));
    expect([...(await store.runs.claimable(at(40), nobodyGone))].sort()).toEqual([taken, released].sort());
    expect(await store.runs.claim(kept, "two", at(49), LEASE_MS, nobodyGone)).toBe(false);
  });

  it("offers a run while its lease is free, lapsed, or its holder gone", async () => {
    const store = await newStore(backend);
    const [held, lapsed, orphan, released, finished] = [
      await aRun(store, {}, "one"),
      await aRun(store, {}, "two"),
      await aRun(store, {}, "three"),
      await aRun(store, {}, "four"),
      await aRun(store, {}, "five"),
    ] as const;
    await backend.timeIs(at(20));
    const renewed = [
      { runId: held.id, holder: "one" },
      { runId: orphan.id, holder: "three" },
      { runId: released.id, holder: "four" },
    ];
    expect(await store.runs.renew(renewed, at(20), LEASE_MS)).toEqual([true, true, true]);
    await store.runs.release(released.id, "four");
    await store.runs.finish(finished.id, "five", { state: "applied", evidence: PASS, at: at(10) });

    const gone = (holder: string) => holder === "three";
    const free = [lapsed.id, orphan.id, released.id];
    await backend.timeIs(at(30));
    expect([...(await store.runs.claimable(at(30), gone))].sort()).toEqual(free.sort());
    for (const run of [held, lapsed, orphan, released, finished]) {
      const claimed = await store.runs.claim(run.id, "six", at(30), LEASE_MS, gone);
      expect([run.id, claimed]).toEqual([run.id, free.includes(run.id)]);
    }
    expect(await store.runs.claimable(at(31), gone)).toEqual([]);
    expect(await store.runs.claim("run_unknown", "six", at(30), LEASE_MS, gone)).toBe(false);
  });

  it("ends a run with its evidence and lets nobody at it again", async () => {
    const store = await newStore(backend);
    const run = await aRun(store);
    await store.runs.setState(run.id, "one", "verifying");
    expect((await store.runs.get(run.id))?.state).toBe("verifying");
    const ended = await store.runs.finish(run.id, "one", { state: "partial", evidence: PASS, at: at(11) });
    expect(ended).toMatchObject({ state: "partial", evidence: PASS, endedAt: at(11) });
    expect(await store.runs.get(run.id)).toEqual(ended);
    await expect(store.runs.append(run.id, "one", anEntry(0, "sent", 12))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await store.runs.claim(run.id, "two", at(999), LEASE_MS, () => true)).toBe(false);
  });

  it("lists runs newest first, page by page, each once and with what it has done", async () => {
    const store = await newStore(backend);
    const ids: string[] = [];
    for (const seconds of [1, 2, 2, 2, 3]) {
      const plan = aPlan({ requires: "none" });
      await store.plans.put(plan);
      const runId = `run_${ids.length}`;
      await store.plans.startRun(plan.id, {
        runId,
        principalId: "m9",
        holder: "one",
        at: at(seconds),
        leaseMs: LEASE_MS,
      });
      if (ids.length % 2 === 1) await store.runs.append(runId, "one", anEntry(0, "applied", 4));
      ids.push(runId);
    }
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await store.runs.list({ limit: 2, ...(before !== undefined && { before }) });
      for (const run of page) {
        seen.push(run.id);
        const n = ids.indexOf(run.id);
        expect(run).toMatchObject({ done: n % 2, total: 1, tool: "remove_from_boards", result: null });
      }
      before = page.at(-1)?.id;
      if (page.length < 2) break;
    }
    expect(seen).toEqual(ids.toReversed());
    await expect(store.runs.list({ limit: 2, before: "run_unknown" })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });

  it("lists the runs of one principal alone, whatever others did between, and takes none of theirs as a cursor", async () => {
    const store = await newStore(backend);
    const ids: Record<string, string[]> = { m1: [], m2: [], m3: [] };
    for (let n = 0; n < 30; n += 1) {
      const id = `m${1 + (n % 3)}`;
      ids[id]?.unshift((await aRun(store, { principal: { id, name: id, client: "test/1" } })).id);
    }
    for (const principal of ["m1", "m2", "m3", "m4"]) {
      const mine = ids[principal] ?? [];
      const seen: string[] = [];
      for (let page = 0; page < 4; page += 1) {
        const before = seen.at(-1);
        const runs = await store.runs.list({ principal, limit: 4, ...(before !== undefined && { before }) });
        seen.push(...runs.map(({ id }) => id));
      }
      expect(seen.toSorted()).toEqual(mine.toSorted());
      const before = ids[principal === "m1" ? "m2" : "m1"]?.[0] ?? "";
      await expect(store.runs.list({ principal, limit: 4, before })).rejects.toMatchObject({
        code: "INPUT_INVALID",
      });
    }
  });

  it("knows nothing of a run that is not there", async () => {
    const { runs } = await newStore(backend);
    expect([await runs.get("run_x"), await runs.journal("run_x"), await runs.list({ limit: 5 })]).toEqual([
      null,
      [],
      [],
    ]);
  });
});
