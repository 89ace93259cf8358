import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { BACKENDS, openedService } from "./backends.ts";
import { aPlan } from "./fixtures.ts";

const NAMES = ["acme", "acme-corp", "a", "acmecorp", "budget"];
const BUDGET = { budget: { id: "key", limit: 1, windowMs: 60_000 }, cost: 1 };

describe.each(BACKENDS)("tenants on $name", ({ newUrl }) => {
  it("keep plans, facts and audit apart from each other and from the service", async () => {
    const service = await openedService(await newUrl());
    const tenants = await Promise.all(NAMES.map((name) => service.tenant(name)));
    const stores = [service, ...tenants];
    const plans = stores.map(() => aPlan());
    for (const [at, store] of stores.entries()) {
      await store.plans.put(plans[at] ?? aPlan());
      await store.facts.set("mine", { at });
    }
    for (const [at, store] of stores.entries()) {
      const seen = await Promise.all(plans.map(async ({ id }) => (await store.plans.get(id)) !== null));
      expect(seen).toEqual(plans.map((_plan, other) => other === at));
      expect(await store.facts.get("mine")).toEqual({ at });
      expect(await store.audit.verify()).toMatchObject({ records: 1, broken: null });
    }
    for (const store of tenants) await store.close();
    // The service goes on without them, and finds them again.
    expect(await service.facts.get("mine")).toEqual({ at: 0 });
    const again = await service.tenant("acme");
    expect(await again.facts.get("mine")).toEqual({ at: 1 });
    await again.close();
  });

  it("share the budgets, because an upstream counts them by credentials", async () => {
    const service = await openedService(await newUrl("ticking"));
    const [one, two] = [await service.tenant("one"), await service.tenant("two")];
    expect(await one.ledger.take([BUDGET])).toBe(0);
    expect(await two.ledger.take([BUDGET])).toBeGreaterThan(0);
    expect(await service.ledger.remaining([BUDGET.budget])).toEqual([0]);
    await one.close();
    await two.close();
  });
});

it.runIf(BACKENDS.some(({ name }) => name.startsWith("SQLite")))(
  "a tenant's file is beside that of the service",
  async () => {
    const url = (await BACKENDS[0]?.newUrl()) ?? "";
    const service = await openedService(url);
    await (await service.tenant("acme-corp")).close();
    expect(await readdir(dirname(url.slice("sqlite:".length)))).toContain("store.acme-corp.db");
  },
);
