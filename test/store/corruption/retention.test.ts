import { describe, expect, it } from "vitest";
import { IN_FULL } from "../../support/suites.ts";
import { BACKENDS, newStore, opened } from "../backends.ts";
import { fill } from "./filled.ts";
import { rawStore, type Tables } from "./tables.ts";
import { aPlan, aReview, aRun, at } from "../fixtures.ts";
import type { MembershipEvent } from "../../../src/domain/membership-event.ts";
import type { Store } from "../../../src/store/store.ts";

/** Before anything ended, between the ends, at an end, and after all of them. */
const CUTS = [-100_000, -8_850, 0, 14, 15, 96, 97, 120, 121, 899, 900, 901, 300_000];
const UNFINISHED = new Set(["running", "verifying", "cancelled"]);
const NOW = at(400_000);

async function deleteAll(store: Store, before: string, most = 3): Promise<number> {
  let deleted = 0;
  for (;;) {
    const some = await store.retention.deleteSome({ now: NOW, before, most });
    // A process that is killed leaves the store as it is after one of the portions.
    expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [], hasHead: true });
    if (some === 0) return deleted;
    deleted += some;
  }
}

const idsOf = (tables: Tables, table: "plans" | "runs" | "reviews") =>
  new Set(tables[table].map(({ id }) => String(id)));

describe.each(BACKENDS)("retention on $name", (backend) => {
  it.each(IN_FULL ? CUTS : [15, 121])(
    "deletes what ended before second %s, in portions, and nothing else",
    async (second) => {
      const url = await backend.newUrl();
      const store = await opened(url);
      await fill(store);
      const raw = await rawStore(url);
      const clean = await raw.read();
      const head = await store.audit.head();
      const before = at(second);
      const deleted = await deleteAll(store, before);
      const left = await raw.read();
      const runOf = new Map(clean.runs.map((run) => [run["plan_id"], run]));
      const isOld = (time: unknown) => typeof time === "string" && time < before;
      const kept = clean.plans.filter((plan) => {
        const run = runOf.get(plan["id"] ?? null);
        if (!run) return !isOld(plan["expires_at"]);
        return UNFINISHED.has(String(run["state"])) || !isOld(run["ended_at"]);
      });
      expect(idsOf(left, "plans")).toEqual(new Set(kept.map(({ id }) => id)));
      const keptRuns = kept.flatMap(({ id }) => runOf.get(id ?? null)?.["id"] ?? []);
      expect(idsOf(left, "runs")).toEqual(new Set(keptRuns));
      for (const table of ["journal", "effects"] as const)
        expect(left[table]).toEqual(clean[table].filter((row) => keptRuns.includes(row["run_id"] ?? "")));
      expect(left.plans).toEqual(clean.plans.filter(({ id }) => idsOf(left, "plans").has(String(id))));
      // `review_1` was signed in second 13 and checked with the list `review_3` in second 14; `review_2` was never signed.
      expect([...idsOf(left, "reviews")].sort()).toEqual(
        second > 14 ? ["review_2"] : ["review_1", "review_2", "review_3"],
      );
      // Every record is there still, and the deletion is in the chain.
      expect(left.audit.slice(0, clean.audit.length)).toEqual(clean.audit);
      const verified = await store.audit.verify(head);
      expect(verified).toMatchObject({ hasHead: true });
      const named = clean.plans.length - left.plans.length + clean.sign_offs.length - left.sign_offs.length;
      expect(verified.deleted - (await verifiedBefore(clean))).toBe(named);
      expect(deleted).toBe(named + (second > 14 ? 1 : 0));
    },
  );

  it("deletes reviews without a name, events of webhooks, and snapshots but the newest of each principal", async () => {
    const store = await newStore(backend);
    for (const id of ["old", "young"])
      await store.reviews.put({ ...aReview(id), at: at(id === "old" ? 0 : 50) });
    for (const [id, principal, second] of [
      ["a1", "a", 0],
      ["a2", "a", 10],
      ["b1", "b", 5],
      ["c1", "c", 5],
      ["c2", "c", 60],
    ] as const)
      await store.snapshots.put({ id, principal, at: at(second), boards: [], workspaces: [] } as never);
    for (const [id, second] of [
      ["e1", 0],
      ["e2", 49],
      ["e3", 50],
    ] as const)
      await store.webhooks.hear("none", { id, at: at(second) } as MembershipEvent, at(60));
    expect(await deleteAll(store, at(50), 1)).toBe(5);
    expect((await store.webhooks.events(at(-1), at(99))).map(({ id }) => id)).toEqual(["e3"]);
    const there = async (get: (id: string) => Promise<unknown>, ids: readonly string[]) =>
      (await Promise.all(ids.map(async (id) => ((await get(id)) === null ? [] : [id])))).flat();
    expect(await there(store.reviews.get, ["old", "young"])).toEqual(["young"]);
    expect(await there(store.snapshots.get, ["a1", "a2", "b1", "c1", "c2"])).toEqual(["a2", "b1", "c2"]);
    expect(await store.audit.verify()).toMatchObject({ records: 0 });
  });

  it("is done by one process at a time, and by the next if that one ended", async () => {
    const url = await backend.newUrl();
    const [one, two] = [await opened(url), await opened(url)];
    const begin = async (store: Store, second: number) => {
      await backend.timeIs(at(second));
      return await store.retention.begin(at(second), 60_000);
    };
    expect(
      await Promise.all([one, two, one, two].map((store) => begin(store, 0))).then((all) =>
        all.filter(Boolean),
      ),
    ).toHaveLength(1);
    expect([
      await begin(two, 59),
      await begin(two, 60),
      await begin(one, 119),
      await begin(one, 120),
    ]).toEqual([false, true, false, true]);
  });

  it("leaves a stopped run to the process that may still store answers of it", async () => {
    const store = await newStore(backend);
    const run = await aRun(store, {}, "one");
    const why = { code: "CONFLICT", message: "No.", next: null } as const;
    await store.runs.stop(run.id, { at: at(5), by: "Ada", why });
    expect(await deleteAll(store, at(20))).toBe(0);
    await store.runs.pause(run.id, "one", { at: at(10), done: 0, why: "stopped" });
    expect(await deleteAll(store, at(20))).toBe(1);
    expect(await store.runs.get(run.id)).toBeNull();
  });

  it.each(["waiting", "running"] as const)(
    "is not believed to have deleted what had not ended: a plan that is %s",
    async (state) => {
      const url = await backend.newUrl();
      const store = await opened(url);
      const plan = aPlan({ requires: "none" });
      await store.plans.put(plan);
      if (state === "running")
        await store.plans.startRun(plan.id, {
          runId: "run_x",
          principalId: plan.principal.id,
          holder: "one",
          at: at(1),
          leaseMs: 1000,
        });
      const raw = await rawStore(url);
      await raw.replace({ journal: [], effects: [], runs: [], plans: [] });
      const event = {
        event: "retention.deleted",
        principal: "server",
        client: "",
        tool: "retention",
        subject: "",
      };
      for (const before of [plan.createdAt, at(100)])
        await store.audit.append({
          ...event,
          at: at(100),
          facts: { before, plans: [plan.id], runs: ["run_x"], reviews: [] },
        });
      const { changed } = await store.audit.verify();
      expect(changed).toContain(`Plan ${plan.id} was removed.`);
      if (state === "running") expect(changed).toContain("Run run_x was removed.");
    },
  );

  it("is found out if something that it deleted is put back", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    await fill(store);
    const raw = await rawStore(url);
    const { plans, runs, reviews, sign_offs, sign_off_entries, effects, journal } = await raw.read();
    await deleteAll(store, at(300_000));
    const back = { plans, runs, reviews, sign_offs, sign_off_entries, effects, journal };
    await raw.replace(back);
    const { changed, broken } = await store.audit.verify();
    expect(broken).toBeNull();
    expect(
      changed.filter(
        (line) => !line.includes("is in the store, although the audit log says that it was deleted"),
      ),
    ).toEqual([]);
    for (const what of ["Plan", "Run", "The named review"])
      expect(changed.some((line) => line.startsWith(what))).toBe(true);
  });
});

/** How many plans and reviews `fill` has deleted by itself. */
async function verifiedBefore(clean: Tables): Promise<number> {
  return clean.audit
    .map(({ body }) => JSON.parse(String(body)) as { event: string; facts: { plans: []; reviews: [] } })
    .filter(({ event }) => event === "retention.deleted")
    .reduce((sum, { facts }) => sum + facts.plans.length + facts.reviews.length, 0);
}
