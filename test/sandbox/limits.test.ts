import { expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { createLimits } from "../../src/sandbox/limits.ts";
import { createClock, open, trello } from "./support.ts";

const counted = (key: string, token: string) => ({ key, token, idMember: null });
const OTHER_ROUTE = `/organizations/${SEED.workspaces.free.id}?fields=name`;

test("100 requests in any 10 s for a token, told in the headers", async () => {
  const now = createClock();
  const sandbox = await open({ now });
  const call = trello(sandbox);
  const first = await call("GET", OTHER_ROUTE);
  expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith("x-rate")))).toEqual({
    "x-rate-limit-api-key-interval-ms": "10000",
    "x-rate-limit-api-key-max": "300",
    "x-rate-limit-api-key-remaining": "299",
    "x-rate-limit-api-token-interval-ms": "10000",
    "x-rate-limit-api-token-max": "100",
    "x-rate-limit-api-token-remaining": "99",
    "x-rate-limit-member-interval-ms": "10000",
    "x-rate-limit-member-max": "375",
    "x-rate-limit-member-remaining": "374",
  });
  now.advance(5_000);
  for (let n = 1; n < 100; n += 1) expect((await call("GET", OTHER_ROUTE)).status).toBe(200);
  const refused = await call("GET", OTHER_ROUTE);
  expect([refused.status, refused.json]).toEqual([
    429,
    { error: "API_TOKEN_LIMIT_EXCEEDED", message: "Rate limit exceeded" },
  ]);
  expect(refused.headers.get("x-rate-limit-api-token-remaining")).toBe("0");
  // The window slides: only the first request is 10 s old now.
  now.advance(5_000);
  expect((await call("GET", OTHER_ROUTE)).status).toBe(200);
  expect((await call("GET", OTHER_ROUTE)).status).toBe(429);
});

test("300 requests in any 10 s for a key, over all of its tokens", () => {
  const limits = createLimits(createClock());
  for (const token of ["a", "b", "c"]) {
    for (let n = 0; n < 100; n += 1) expect(limits.take(counted("key", token), false).refusal).toBeNull();
  }
  expect(limits.take(counted("key", "d"), false).refusal?.body).toHaveProperty(
    "error",
    "API_KEY_LIMIT_EXCEEDED",
  );
  expect(limits.take(counted("other", "e"), false).refusal).toBeNull();
});

test("more than 200 refusals close the key until the window ends", () => {
  const now = createClock();
  const limits = createLimits(now);
  for (let n = 0; n < 100; n += 1) limits.take(counted("key", "a"), false);
  now.advance(9_000);
  for (let n = 0; n < 200; n += 1) limits.take(counted("key", "a"), false);
  expect(limits.take(counted("key", "b"), false).refusal).toBeNull();
  limits.take(counted("key", "a"), false);
  now.advance(9_999);
  expect(limits.take(counted("key", "b"), false).refusal?.body).toHaveProperty(
    "error",
    "API_KEY_LIMIT_EXCEEDED",
  );
  now.advance(1);
  expect(limits.take(counted("key", "b"), false).refusal).toBeNull();
});

test("single members and searches are limited to 100 in 900 s, nested routes are not", async () => {
  const now = createClock();
  const sandbox = await open({ now });
  const call = trello(sandbox);
  for (let n = 0; n < 100; n += 1) {
    if (n === 50) now.advance(10_000);
    expect((await call("GET", n % 2 === 0 ? "/members/me" : "/search/members?query=priya")).status).toBe(200);
  }
  now.advance(10_000);
  expect((await call("GET", `/members/${SEED.leaver.id}`)).status).toBe(429);
  expect((await call("GET", "/members/me/organizations")).status).toBe(200);
  now.advance(880_000);
  expect((await call("GET", "/members/me")).status).toBe(200);
});

test("each request inside a batch counts", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const urls = Array.from({ length: 10 }, () => encodeURIComponent(OTHER_ROUTE)).join(",");
  const answer = await call("GET", `/batch?urls=${urls}`);
  expect(answer.headers.get("x-rate-limit-api-token-remaining")).toBe("89");
});

test("limits can be left out", async () => {
  const sandbox = await open({ rateLimits: false });
  const call = trello(sandbox);
  for (let n = 0; n < 101; n += 1) expect((await call("GET", "/members/me")).status).toBe(200);
});

test("375 requests in any 10 s for a person over all keys, of which other tokens may use up some", async () => {
  const limits = createLimits(createClock(), 100);
  for (let n = 0; n < 275; n += 1) {
    expect(limits.take({ key: `key ${n % 3}`, token: `${n % 7}`, idMember: "a" }, false).refusal).toBeNull();
  }
  const next = { key: "key 3", token: "8", idMember: "a" };
  expect(limits.take(next, false).refusal?.status).toBe(429);
  expect(limits.headers(next)).toHaveProperty("x-rate-limit-member-remaining", "0");
  expect(limits.take({ ...next, idMember: "b" }, false).refusal).toBeNull();
});

test("some replies tell two more limits, if the world has that form", async () => {
  const sandbox = await open({ rateLimits: false });
  const call = trello(sandbox);
  const names = async (method: string, path: string) =>
    [...(await call(method, path)).headers.keys()].filter((name) => /db-query-time|-action-/.test(name));
  const board = `/boards/${SEED.boards.guests.id}`;
  expect(await names("GET", board)).toEqual([]);
  sandbox.world.wire.moreLimits = true;
  expect(await names("GET", board)).toHaveLength(3);
  expect(await names("PUT", `${board}/members/nobody`)).toHaveLength(3);
  expect(await names("GET", "/members/me")).toEqual([]);
});
