import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppliedEffect } from "../../src/domain/run.ts";
import type { RunStore, Store } from "../../src/store/store.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { anEffect, anEntry, aRun, at, PASS, someEffects } from "./fixtures.ts";
import { history, OPS, play, type Played, SECONDS, WORKSPACES } from "./histories.ts";

type Query = Parameters<RunStore["applied"]>[0];

/** What a query should find, worked out from the records alone, without cursors. */
function naively(runs: readonly Played[], query: Omit<Query, "limit" | "before">) {
  return runs
    .flatMap(({ id, who, ticket, effects, journal }) =>
      effects.flatMap((effect, index) => {
        const last = journal.findLast((entry) => entry.index === index);
        const stands = last?.state === "applied" || last?.state === "already";
        const wanted =
          query.ops.includes(effect.op) &&
          (query.idOrganization === undefined || effect.target["idOrganization"] === query.idOrganization) &&
          (query.since === undefined || (last?.at ?? "") >= query.since);
        if (!last || !stands || !wanted) return [];
        const principal = { id: who, name: who, client: "test/1" };
        return [{ runId: id, index, effect, at: last.at, principal, ticket }];
      }),
    )
    .sort((a, b) => {
      const [one, other] = [`${a.at} ${a.runId} ${a.index}`, `${b.at} ${b.runId} ${b.index}`];
      return one < other ? 1 : -1;
    });
}

/** Every page of a query, one after the other; none but the last is short. */
async function pages(store: Store, query: Omit<Query, "before">): Promise<readonly AppliedEffect[]> {
  const all: AppliedEffect[] = [];
  for (let before: string | undefined; ; before = all.at(-1)?.cursor) {
    const page = await store.runs.applied({ ...query, ...(before !== undefined && { before }) });
    all.push(...page);
    // Pages that came round again would never end.
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    expect(page.length).toBeLessThanOrEqual(query.limit);
    if (page.length < query.limit) return all;
  }
}

const ALL = { ops: OPS, limit: 100 } as const;
const found = (rows: readonly AppliedEffect[]) => rows.map(({ effect, at }) => [effect.id, at]);

describe.each(BACKENDS)("applied effects on $name", (backend) => {
  it("are those of the journals, whatever happened, page by page", async () => {
    const query = fc.record(
      {
        ops: fc.array(fc.constantFrom(...OPS), { maxLength: 4 }),
        limit: fc.integer({ min: 1, max: 5 }),
        idOrganization: fc.constantFrom(...WORKSPACES),
        since: fc.nat(SECONDS + 1).map(at),
      },
      { requiredKeys: ["ops", "limit"] },
    );
    await fc.assert(
      fc.asyncProperty(history, fc.array(query, { minLength: 5, maxLength: 5 }), async (told, queries) => {
        const store = await newStore(backend);
        const runs = await play(store, told);
        for (const asked of [ALL, ...queries]) {
          const rows = await pages(store, asked);
          const expected = naively(runs, asked);
          expect(rows).toEqual(expected.map((row) => ({ ...row, cursor: expect.any(String) })));
        }
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it("tell who did it, in which run, for which ticket and when", async () => {
    const store = await newStore(backend);
    const effect = anEffect({ op: "invite_workspace_member" });
    const run = await aRun(store, { effects: [anEffect(), effect], ticket: "IT-7" });
    await store.runs.append(run.id, "one", anEntry(1, "sent", 3));
    await store.runs.append(run.id, "one", anEntry(1, "applied", 4));
    expect(await store.runs.applied({ ops: [effect.op], idOrganization: "w1", limit: 9 })).toEqual([
      {
        cursor: expect.any(String),
        runId: run.id,
        index: 1,
        effect,
        at: at(4),
        principal: run.plan.principal,
        ticket: "IT-7",
      },
    ]);
  });

  it("are listed once however often they were sent, at the time of the last record", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(2) });
    for (const [index, state, seconds] of [
      [0, "sent", 1],
      [0, "pending", 2],
      [1, "sent", 2],
      [0, "sent", 3],
      [1, "applied", 3],
      [0, "lost", 4],
      [0, "applied", 5],
    ] as const) {
      await store.runs.append(run.id, "one", anEntry(index, state, seconds));
    }
    expect(found(await store.runs.applied(ALL))).toEqual([
      ["b0/m1", at(5)],
      ["b1/m1", at(3)],
    ]);
  });

  it("leave out what failed, is on its way, was never begun, or no longer stands", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(5) });
    await store.runs.append(run.id, "one", anEntry(0, "failed", 1));
    await store.runs.append(run.id, "one", anEntry(1, "sent", 1));
    await store.runs.append(run.id, "one", anEntry(2, "applied", 1));
    await store.runs.append(run.id, "one", anEntry(2, "lost", 2));
    await store.runs.append(run.id, "one", anEntry(3, "already", 1));
    expect(found(await store.runs.applied(ALL))).toEqual([["b3/m1", at(1)]]);
    await store.runs.finish(run.id, "one", { state: "partial", evidence: PASS, at: at(9) });
    expect(found(await store.runs.applied(ALL))).toEqual([["b3/m1", at(1)]]);
  });

  it("keep their pages while newer ones come and the last row of a page goes", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(6) });
    for (const index of [0, 1, 2, 3])
      await store.runs.append(run.id, "one", anEntry(index, "applied", index));
    const first = await store.runs.applied({ ...ALL, limit: 2 });
    expect(found(first).map(([id]) => id)).toEqual(["b3/m1", "b2/m1"]);
    for (const index of [4, 5]) await store.runs.append(run.id, "one", anEntry(index, "applied", 9));
    await store.runs.append(run.id, "one", anEntry(2, "lost", 9));
    const second = await store.runs.applied({ ...ALL, limit: 2, before: first.at(-1)?.cursor ?? "" });
    expect(found(second).map(([id]) => id)).toEqual(["b1/m1", "b0/m1"]);
  });

  it("are found from a time in any spelling on", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, { effects: someEffects(2) });
    for (const index of [0, 1]) await store.runs.append(run.id, "one", anEntry(index, "applied", index));
    const since = "2026-03-01T13:00:01+01:00";
    expect(found(await store.runs.applied({ ...ALL, since }))).toEqual([["b1/m1", at(1)]]);
  });

  it.each(["", "x", Buffer.from("yesterday 0 run_1").toString("base64url")])(
    "refuse %j as a cursor",
    async (before) => {
      const { runs } = await newStore(backend);
      await expect(runs.applied({ ...ALL, before })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    },
  );
});
