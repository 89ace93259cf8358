/** A directory of 20,000 people through tools: as few requests as can be, and never all of it in memory. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { seedWorld, type World } from "../../../src/sandbox/index.ts";
import type { TestClient } from "../../support/client.ts";
import { startProduct, type TestProduct } from "../../support/product.ts";
import { makeGroup, operationsOf, OVER_STDIO, userIn } from "../atlassian.ts";
import { liftBudgets } from "../describe-tool.ts";
import { BOARDS, WORKSPACES } from "../world.ts";

const PEOPLE = 20_000;
const MOST_MEGABYTES = 200;

// Hundreds of requests, one after the other, over 20,000 people: seconds here, many more on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let product: TestProduct;
let client: TestClient;
let ids: readonly string[];

beforeAll(async () => {
  const world = largeWorld();
  ids = [...world.atlassian.directory.users.keys()];
  product = await startProduct({ sandbox: { world, rateLimits: false } });
  await liftBudgets(product);
  const [access] = OVER_STDIO;
  if (!access) throw new Error("no client");
  client = await product.connect(access);
});
afterAll(() => product.close());
beforeEach(() => product.sandbox.resetRequests());

function largeWorld(): World {
  const world = seedWorld();
  const { users } = world.atlassian.directory;
  const [template] = users.values();
  if (!template) throw new Error("the seed has nobody");
  for (let n = users.size; n < PEOPLE; n += 1) {
    const id = `00000000-0000-4000-a000-${String(n).padStart(12, "0")}`;
    const userName = `person${n}@example.com`;
    const emails = [{ value: userName, type: "work", primary: true }];
    const own = { id, userName, externalId: `idp-${n}`, displayName: `Person No ${n}`, emails };
    users.set(id, { ...template, ...own, idAccount: null });
  }
  return world;
}

const asked = () => {
  const counts = new Map<string, number>();
  for (const operation of operationsOf(product)) {
    const name = operation.replace("/scim/directory/{directoryId}", "");
    if (/\/(Users|Groups)/.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
};

test("every page comes with one request", async () => {
  const seen: string[] = [];
  let startIndex: unknown = 1;
  while (startIndex) {
    const { structured } = await client.call("scim_list_users", { startIndex, limit: 100 });
    expect(structured["total"]).toBe(PEOPLE);
    seen.push(...(structured["users"] as { id: string }[]).map(({ id }) => id));
    startIndex = structured["nextStartIndex"];
  }
  expect(seen).toEqual(ids);
  expect(asked()).toEqual({ "GET /Users": PEOPLE / 100 });
});

test("one person by userName, by externalId and by id, each with one request", async () => {
  const last = userIn(product.sandbox.world, ids.at(-1) ?? "");
  for (const [tool, args] of [
    ["scim_list_users", { userName: last.userName }],
    ["scim_list_users", { externalId: last.externalId }],
    ["scim_get_user", { user: last.id }],
    ["scim_get_user", { user: last.userName }],
  ] as const) {
    product.sandbox.resetRequests();
    expect((await client.call(tool, args)).text).toContain(last.userName);
    expect(product.sandbox.requests).toHaveLength(1);
  }
});

test("a page in the middle is asked for as such", async () => {
  const { structured } = await client.call("scim_list_users", { startIndex: 12_345, limit: 5 });
  expect((structured["users"] as { id: string }[]).map(({ id }) => id)).toEqual(ids.slice(12_344, 12_349));
  expect(product.sandbox.requests.map(({ query }) => query)).toEqual([{ startIndex: "12345", count: "5" }]);
});

test.each([
  ["few people are asked for by id", 30, { "GET /Users": 1, "GET /Users/{userId}": 30 }],
  ["many are met by paging", 300, { "GET /Users": PEOPLE / 100 }],
])("of a group, %s", async (_what, size, users) => {
  const { world } = product.sandbox;
  makeGroup(world, `Team of ${size}`, ids.slice(-size));
  const reply = await client.call("add_to_boards", {
    workspace: WORKSPACES.standard.id,
    boards: [BOARDS.guests.id],
    group: `Team of ${size}`,
    dryRun: true,
  });
  expect(reply.structured).toMatchObject({
    plan: {
      warnings: [
        expect.stringMatching(
          `^In Team of ${size}, ${size} people are not found here by account, email or name`,
        ),
      ],
    },
  });
  expect(asked()).toEqual({ "GET /Groups": 1, "GET /Groups/{id}": 1, ...users });
});

// After the others, of which it sees the most that was held at any moment.
test.skipIf(!existsSync("/proc/self/status"))(
  `less than ${MOST_MEGABYTES} MB was ever in memory`,
  async () => {
    // By itself this test would meet a program that has not done anything yet.
    await client.call("scim_list_users", { limit: 100 });
    const status = readFileSync(`/proc/${client.pid}/status`, "utf8");
    const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    expect(kilobytes / 1024).toBeGreaterThan(20);
    expect(kilobytes / 1024).toBeLessThan(MOST_MEGABYTES);
  },
);
