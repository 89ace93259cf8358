import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createDuties } from "../../src/cli/support/duties.ts";
import { keepDeleting } from "../../src/cli/support/keep-deleting.ts";
import { configure } from "../../src/cli/support/settings.ts";
import { untilOpen } from "../../src/cli/support/tenants.ts";
import { type Sandbox, SEED } from "../../src/sandbox/index.ts";
import { startReplica } from "../approvals/service-harness.ts";
import { aReview } from "../store/fixtures.ts";
import { writesIn } from "../support/stack.ts";
import { startTenants, type TenantHarness, type TenantName, TENANTS } from "./tenants-harness.ts";

const LEAVER = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const DAY_MS = 86_400_000;
const LONG = { timeout: 60_000 };

/** What every tenant has here: a roster whose time of day has just come, and plans that need no person. */
function settingsOf({ connections }: Sandbox): string {
  const { rosters } = JSON.parse(connections.file) as { rosters: Record<string, object> };
  const schedule = new Date().toISOString().slice(11, 16);
  return `identity_confirmation: two_step\nrosters: ${JSON.stringify({ hr: { ...rosters["entra"], schedule } })}`;
}

let service: TenantHarness;
beforeAll(async () => {
  service = await startTenants({ acme: settingsOf, globex: settingsOf });
});
afterAll(() => service.close());

const linesOf = (log: string, tenant: TenantName) =>
  log
    .split("\n")
    .filter((line) => line.includes(`"tenant":"${tenant}"`))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
const tokenOf = (tenant: TenantName) => service.sandboxes[tenant].world.trello.tokens.get(SEED.tokens.full);

test("the schedule of a roster is kept for each tenant, although both rosters have one name", async () => {
  for (const tenant of TENANTS)
    await vi.waitFor(() => {
      const done = linesOf(service.replica.log(), tenant).filter(({ roster }) => roster === "hr");
      expect(done).not.toEqual([]);
    }, LONG);
});

describe("the credentials of one tenant", () => {
  const IN_USE = "new credentials are in use";
  const NOT_USED = "new credentials are not used; the old ones stay in use";
  const told = (tenant: TenantName, text: string) =>
    linesOf(service.replica.log(), tenant).filter(({ msg }) => msg === text);
  const put = (tenant: TenantName, token: string) =>
    writeFile(join(service.folder, `${tenant}-token`), token);
  const write = async (tenant: TenantName, bio: string) =>
    (await service.call(tenant, "update_my_profile", { bio })).structured["status"];

  test("are replaced after a 401 with no effect on the other", async () => {
    const { tokens } = service.sandboxes.acme.world.trello;
    const old = tokens.get(SEED.tokens.full);
    if (!old) throw new Error("no token");
    tokens.set("acme-token-of-tomorrow", { ...old, token: "acme-token-of-tomorrow" });
    await put("acme", "acme-token-of-tomorrow");
    old.revoked = true;
    const asked = service.sandboxes.globex.requests.length;
    expect(await write("acme", "rotated")).toBe("applied");
    expect(told("acme", IN_USE)).toMatchObject([{ upstreams: ["Trello"] }]);
    expect(service.sandboxes.globex.requests.length).toBe(asked);
    expect(told("globex", IN_USE)).toEqual([]);
    expect(await write("globex", "as before")).toBe("applied");
  });

  test.each([
    ["a wrong token", "not-a-token-of-trello"],
    ["the token of another member", SEED.tokens.normalMember],
  ])("are not replaced by %s, which holds back nothing of the other", async (_title, token) => {
    const before = told("globex", NOT_USED).length;
    await put("globex", token);
    service.replica.hangUp();
    await vi.waitFor(() => expect(told("globex", NOT_USED).length).toBe(before + 1), LONG);
    expect(await write("globex", `still here ${token}`)).toBe("applied");
    expect(await write("acme", `still here ${token}`)).toBe("applied");
    expect(told("acme", NOT_USED)).toEqual([]);
    await put("globex", SEED.tokens.full);
  });
});

test("unfinished runs of every tenant go on after a restart, before a person of the tenant calls", async () => {
  const runs: Partial<Record<TenantName, string>> = {};
  for (const tenant of TENANTS) {
    const sandbox = service.sandboxes[tenant];
    const { structured } = await service.call(tenant, "remove_from_boards", LEAVER);
    expect(structured).toMatchObject({ status: "awaiting_confirmation" });
    const before = writesIn(sandbox).length;
    const tokens = [...sandbox.world.trello.tokens.values()].filter(({ revoked }) => !revoked);
    for (const each of tokens)
      Object.defineProperty(each, "revoked", {
        get: () => writesIn(sandbox).length >= before + 2,
        configurable: true,
      });
    const { text } = await service.call(tenant, "apply_plan", { planId: structured["planId"] });
    expect(text).toContain("UNAUTHENTICATED");
    runs[tenant] = /run_[0-9a-f]+/.exec(text)?.[0] ?? "";
    expect(await service.stores[tenant].runs.get(runs[tenant])).toMatchObject({ state: "running" });
  }
  await service.replica.end();
  for (const tenant of TENANTS)
    for (const each of service.sandboxes[tenant].world.trello.tokens.values())
      if (each !== tokenOf("acme")) Object.defineProperty(each, "revoked", { value: false, writable: true });
  const again = await startReplica(service.env, service.folder);
  try {
    for (const tenant of TENANTS)
      await vi.waitFor(async () => {
        const run = await service.stores[tenant].runs.get(runs[tenant] ?? "");
        expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
      }, LONG);
  } finally {
    await again.end();
  }
});

test("what ended long ago is deleted from every tenant's store, by the setting of the service", async () => {
  const io = {
    env: { ...service.env, IDENTITY_RETENTION_DAYS: "30" },
    machine: { platform: process.platform, home: service.folder, folder: service.folder },
  };
  const { tenants } = await configure(io, {}, { trello: true });
  const later = Date.now() + 40 * DAY_MS;
  for (const tenant of TENANTS) {
    const store = service.stores[tenant];
    expect((await store.runs.counts()).applied).toBeGreaterThan(0);
    const config = tenants.find((each) => each.tenant === tenant);
    if (!config) throw new Error("no such tenant");
    const stop = new AbortController();
    let sleeps = 0;
    const sleep = async (ms: number) => {
      // The pause after the first round.
      if (ms > 60_000 && ++sleeps === 1) stop.abort();
    };
    await keepDeleting({ config, store, log: () => {} }, { now: () => later, sleep }, stop.signal);
    expect((await store.runs.counts()).applied ?? 0).toBe(0);
  }
});

test("reminders of reviews and the daily check of webhooks are done for each tenant, each once for all processes", async () => {
  const done: string[] = [];
  const clock = { at: Date.parse("2026-03-24T08:00:00.000Z"), now: () => clock.at };
  const review = { ...aReview("review_due"), principal: "m9" };
  const principal = { id: "m9", name: "Ada", client: "test/1" };
  const duties = [];
  for (const tenant of TENANTS) {
    const { reviews, signOffs, facts } = service.stores[tenant];
    await reviews.put(review);
    const named = {
      reviewId: review.id,
      name: tenant,
      period: null,
      reviewers: ["user:jo"],
      due: "2026-03-31",
    };
    await signOffs.start({ ...named, at: "2026-03-01T09:00:00.000Z", principal });
    const start = () =>
      createDuties({
        engine: { propose: never, storePlan: never, waiting: never, withdraw: never, signOffs },
        once: (key) => facts.setOnce(key, true),
        tell: ({ title }) => void done.push(title),
        present: never,
        schedules: [],
        checkWebhooks: async () => void done.push(`webhooks of ${tenant}`),
        pagesUrl: null,
        clock,
        log: () => {},
      });
    // Two processes of the service.
    duties.push(start(), start());
  }
  for (const { look } of duties) await look();
  expect(done).toEqual(TENANTS.map((tenant) => `The access review ${tenant} is due in 7 days`));
  done.length = 0;
  clock.at += 10 * 60_000;
  for (const { look } of duties) await look();
  // Each process checks once after its start; later, one process of a tenant does it each day.
  expect(done.toSorted()).toEqual(TENANTS.flatMap((tenant) => [1, 2].map(() => `webhooks of ${tenant}`)));
  done.length = 0;
  clock.at += DAY_MS;
  for (const { look } of duties) await look();
  expect(done.filter((each) => each.startsWith("webhooks"))).toEqual(
    TENANTS.map((tenant) => `webhooks of ${tenant}`),
  );
});

const never = () => Promise.reject(new Error("unreachable"));

test("a tenant that cannot be opened holds back no other, and is tried again until it opens", async () => {
  const tried: string[] = [];
  const slept: number[] = [];
  const open = async (name: string) => {
    tried.push(name);
    if (name === "b" && tried.filter((each) => each === "b").length < 3) throw new Error("no store");
  };
  const signal = new AbortController().signal;
  await untilOpen(["a", "b", "c"], open, signal, async (ms) => void slept.push(ms));
  expect(tried).toEqual(["a", "b", "c", "b", "b"]);
  expect(slept).toEqual([60_000, 60_000]);
});
