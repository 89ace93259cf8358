import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKENDS, opened } from "./backends.ts";
import { anEvent, aPlan, aRun, at, LEASE_MS, someEffects } from "./fixtures.ts";
import { bundleChild, type Child, startChild } from "./processes.ts";

let folder = "";
let program = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-child-"));
  program = await bundleChild(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(count: number, args: readonly string[]): Promise<readonly Child[]> {
  return await Promise.all(Array.from({ length: count }, () => startChild(program, args)));
}

/** Lets all of them work at once; what each said. */
async function race(children: readonly Child[]): Promise<readonly (readonly unknown[])[]> {
  for (const child of children) child.go();
  return await Promise.all(children.map((child) => child.done()));
}

describe.each(BACKENDS)("several processes on one $name", (backend) => {
  it("open a new store at the same moment", async () => {
    const url = await backend.newUrl();
    const said = await race(await start(4, [url, "open", "5"]));
    expect(said.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    const store = await opened(url);
    expect(await store.audit.verify()).toMatchObject({ records: 20, broken: null });
  });

  it("start one run of a plan", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    const plan = aPlan({ requires: "none" });
    await store.plans.put(plan);
    const said = (await race(await start(4, [url, "startRun", plan.id]))).flat();
    const winner = { won: (await store.plans.get(plan.id))?.runId };
    expect(said).toHaveLength(4);
    expect(said).toEqual(
      expect.arrayContaining([winner, { lost: "CONFLICT" }, { lost: "CONFLICT" }, { lost: "CONFLICT" }]),
    );
    expect(said.filter((line) => JSON.stringify(line) === JSON.stringify(winner))).toHaveLength(1);
  });

  it("take over a run once", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    const run = await aRun(store);
    await backend.timeIs(at(LEASE_MS / 1000));
    const said = (await race(await start(4, [url, "claim", run.id, at(LEASE_MS / 1000)]))).flat();
    expect(said.map((line) => JSON.stringify(line)).sort()).toEqual([
      '{"won":false}',
      '{"won":false}',
      '{"won":false}',
      '{"won":true}',
    ]);
  });

  it("write one audit chain", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    const writers = await start(3, [url, "audit", "100"]);
    const finished = race(writers);
    for (let own = 0; own < 50; own += 1) await store.audit.append(anEvent());
    const seqs = (await finished).flat().map(Number);
    expect(new Set(seqs).size).toBe(300);
    expect(await store.audit.verify()).toMatchObject({ records: 350, broken: null });
  });

  it("never start more together than a rate budget allows", async () => {
    const url = await backend.newUrl("ticking");
    const limit = 20;
    const windowMs = 200;
    const said = await race(await start(3, [url, "take", String(limit), String(windowMs), "30"]));
    const starts = said
      .flat()
      .map(Number)
      .sort((a, b) => a - b);
    expect(starts).toHaveLength(90);
    for (const from of starts) {
      expect(starts.filter((ms) => ms >= from && ms < from + windowMs).length).toBeLessThanOrEqual(limit);
    }
  });

  it("lose nothing that was acknowledged when they are killed in the middle of a write", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    const runs = await Promise.all(
      ["a", "b", "c"].map((owner) => aRun(store, { effects: someEffects(5000) }, owner)),
    );
    const writers = await Promise.all(
      runs.map((run, n) => startChild(program, [url, "write", run.id, ["a", "b", "c"][n] ?? ""])),
    );
    for (const writer of writers) writer.go();
    for (const [n, writer] of writers.entries()) {
      await writer.saidLines(15 + n);
      await writer.kill();
    }
    const survivor = await opened(url);
    const audited = new Set((await survivor.audit.read({ limit: 100_000 })).map(({ seq }) => seq));
    for (const [n, writer] of writers.entries()) {
      const effects = (await survivor.runs.get(runs[n]?.id ?? ""))?.effects ?? [];
      const acknowledged = writer.said as readonly { index: number; seq: number }[];
      expect(acknowledged.length).toBeGreaterThanOrEqual(15);
      for (const { index, seq } of acknowledged) {
        expect(effects[index]).toMatchObject({ index, state: "applied", attempts: 1 });
        expect(audited).toContain(seq);
      }
      // At most one effect was on its way.
      expect(effects.filter(({ state }) => state === "sent").length).toBeLessThanOrEqual(1);
    }
    expect((await survivor.audit.verify()).broken).toBeNull();
  });
});
