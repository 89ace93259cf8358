import { afterEach, beforeEach, expect, test } from "vitest";
import { createReadiness } from "../../../src/cli/support/readiness.ts";
import type { Gateway } from "../../../src/gateway/gateway.ts";
import { hastyClock, type Stack, startStack } from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";

let stack: Stack;
let gateways: Gateway[] = [];
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  gateways = [];
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await stack.close();
});

/** A server's readiness with these settings, the clock that it goes by, and what it logged. */
function readiness(settings: Readonly<Record<string, string>> = {}) {
  const gateway = gatewayTo({ ...stack.sandbox.env, ...settings }, stack.store, { clock: hastyClock });
  gateways.push(gateway);
  const clock = { ms: 0, monotonic: () => clock.ms };
  const logged: unknown[] = [];
  const ready = createReadiness(
    { store: stack.store, gateway, log: (_level, facts) => logged.push(facts["upstream"]) },
    clock,
  );
  return { ready, clock, logged };
}

test("a server is ready whose store answers and whose credentials are taken; the upstreams are asked once a minute", async () => {
  const { ready, clock, logged } = readiness();
  expect(await Promise.all(Array.from({ length: 20 }, ready))).toEqual(
    Array.from({ length: 20 }, () => true),
  );
  const asked = stack.sandbox.requests.length;
  expect(asked).toBeGreaterThan(2);
  clock.ms += 59_999;
  expect(await ready()).toBe(true);
  expect(stack.sandbox.requests).toHaveLength(asked);
  clock.ms += 1;
  expect(await ready()).toBe(true);
  expect(stack.sandbox.requests.length).toBeGreaterThan(asked);
  expect(logged).toEqual([]);
});

test.each([
  ["Trello", { TRELLO_API_TOKEN: "not-a-token" }],
  ["SCIM", { ATLASSIAN_SCIM_TOKEN: "not-a-token" }],
  ["organization", { ATLASSIAN_ORG_API_KEY: "not-a-key" }],
])("a server whose credentials %s refuses is not ready, and says so once", async (upstream, settings) => {
  const { ready, clock, logged } = readiness(settings);
  expect(await ready()).toBe(false);
  clock.ms += 60_000;
  expect(await ready()).toBe(false);
  expect(logged).toEqual([upstream]);
});

test("a server whose upstreams are away stays ready", async () => {
  const { ready } = readiness({
    TRELLO_API_BASE_URL: "http://127.0.0.1:1/1",
    ATLASSIAN_API_BASE_URL: "http://127.0.0.1:1",
  });
  expect(await ready()).toBe(true);
});

test("a server whose store is closed is not ready", async () => {
  const { ready } = readiness();
  await stack.store.close();
  expect(await ready()).toBe(false);
});
