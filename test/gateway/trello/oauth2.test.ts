/** Requests by a sign-in of OAuth 2.0: its tokens are renewed by one process at a time, and no call is lost. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { wireScope } from "../../../src/domain/oauth2-scopes.ts";
import { OPERATION_SCOPES } from "../../../src/gateway/trello/credentials.ts";
import { type Fault, type FaultSchedule, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { SCOPE_RULES } from "../../../src/sandbox/oauth2/scopes.ts";
import { failure } from "../../support/failure.ts";
import {
  ALL_SCOPES,
  CLIENT,
  createMovingClock,
  signedInGateway,
  signInTo,
  STORE_KEY,
  usesOfRefreshTokens,
} from "../../support/oauth2.ts";
import { BACKENDS, opened } from "../../store/backends.ts";

const PASS = { priority: "interactive" } as const;
const HOUR_MS = 3_600_000;
const { standard, premium } = SEED.workspaces;
const [SQLITE] = BACKENDS;

async function start(options: Parameters<typeof signInTo>[3] = {}) {
  const faults: FaultSchedule = [];
  const clock = createMovingClock();
  const sandbox = await startSandbox({ now: clock.now, faults });
  onTestFinished(() => sandbox.close());
  const url = (await SQLITE?.newUrl("ticking")) ?? "";
  const client = options.workspaces === undefined ? CLIENT : SEED.oauth2.powerUp;
  const store = await opened(url, { now: clock.now, monotonic: clock.monotonic });
  const handle = async () => {
    const grants = store.grants(client.id, STORE_KEY);
    return { grants, ...(await signedInGateway(sandbox, grants, clock, client)) };
  };
  const first = await handle();
  const grant = await signInTo(sandbox, first.grants, clock, options);
  sandbox.resetRequests();
  const read = () => first.gateway.reads(PASS).trello.workspaces();
  const now = () => new Date(clock.now()).toISOString();
  const { behaviour } = sandbox.world.trello.oauth2;
  const tokenRequests = () => sandbox.requests.filter(({ path }) => path === "/oauth/token").length;
  return { ...first, faults, clock, sandbox, handle, grant, read, now, behaviour, tokenRequests };
}

test("a request is sent with the access token alone", async () => {
  const { read, sandbox, gateway, tokenRequests } = await start();
  expect((await read()).map(({ id }) => id)).toContain(standard.id);
  expect((await gateway.reads(PASS).trello.me()).email).toBe(SEED.admin.email);
  expect(tokenRequests()).toBe(0);
  expect(sandbox.requests.some(({ query, path }) => "token" in query || path.includes("tokens"))).toBe(false);
});

test("the scopes come from the sign-in, without a request", async () => {
  const { gateway, sandbox } = await start();
  expect(await gateway.scopes()).toEqual({
    way: "oauth2",
    scopes: expect.arrayContaining(ALL_SCOPES) as unknown,
  });
  expect((await gateway.reads(PASS).trello.token()).oauth2).toEqual(expect.arrayContaining(ALL_SCOPES));
  expect(sandbox.requests).toEqual([]);
});

test.each([
  ["before it expires", HOUR_MS - 30_000, 1],
  ["after it expired", 3 * HOUR_MS, 1],
  ["not while it lives", HOUR_MS - 120_000, 0],
])("a token is renewed %s", async (_when, ms, renewals) => {
  const { clock, read, tokenRequests, grants, now } = await start();
  await read();
  clock.advance(ms);
  await read();
  await read();
  expect(tokenRequests()).toBe(renewals);
  expect((await grants.get(now()))?.generation).toBe(renewals);
});

test.each([
  { status: 401, text: "invalid token" },
  { status: 401, text: "expired token" },
  { status: 401, text: "unauthorized permission requested" },
  { status: 401, text: '{"code":401,"message":"Unauthorized; scope does not match"}' },
  { status: 401, text: "" },
])("a token that is refused as %j is renewed once, and the request goes out again", async (refusal) => {
  const { clock, read, behaviour, sandbox, gateway, tokenRequests } = await start();
  behaviour.refusal = refusal;
  await read();
  clock.advance(300_000);
  sandbox.world.trello.oauth2.accessTokens.clear();
  await Promise.all([
    read(),
    gateway.writes(PASS).trello.setWorkspaceMember(standard.id, SEED.leaver.id, "admin"),
  ]);
  expect(tokenRequests()).toBe(1);
});

test("what is refused for ever is no endless loop", async () => {
  const { clock, read, sandbox, faults, tokenRequests } = await start();
  clock.advance(300_000);
  faults.push({ operation: "GET /members/{id}/organizations", attempt: "every", kind: "empty", status: 401 });
  for (let turn = 0; turn < 5; turn += 1)
    expect(await failure(read())).toMatchObject({ code: "UNAUTHENTICATED" });
  expect(tokenRequests()).toBe(1);
  expect(sandbox.requests.length).toBeLessThan(9);
});

test("a right that is missing is no reason to renew", async () => {
  const { clock, read, gateway, tokenRequests } = await start({ idMember: SEED.successor.id });
  clock.advance(300_000);
  await read();
  const write = gateway.writes(PASS).trello.setWorkspaceMember(standard.id, SEED.leaver.id, "admin");
  expect(await failure(write)).toMatchObject({
    code: "UPSTREAM_FORBIDDEN",
    details: { reason: "not_permitted" },
  });
  expect(tokenRequests()).toBe(0);
});

describe("a lost answer to a renewal", () => {
  const LOST: readonly Omit<Fault, "operation" | "attempt">[] = [
    { kind: "reset_after" },
    { kind: "reset_before" },
    { kind: "truncated" },
    { kind: "500" },
    { kind: "html", status: 502, handled: true },
    { kind: "504", handled: true },
    { kind: "wrong_body" },
  ];

  test.each(LOST)("%j is tried again once, at once", async (fault) => {
    const { faults, clock, read, sandbox, tokenRequests } = await start();
    faults.push({ operation: "POST /oauth/token", attempt: 1, ...fault });
    clock.advance(2 * HOUR_MS);
    await read();
    expect(tokenRequests()).toBe(2);
    expect(usesOfRefreshTokens(sandbox)[0]).toBeLessThanOrEqual(2);
  });

  test.each(LOST)(
    "%j twice: a person must sign in, and the token is not sent a third time",
    async (fault) => {
      const { faults, clock, read, sandbox, grants, tokenRequests } = await start();
      faults.push({ operation: "POST /oauth/token", attempt: "every", ...fault });
      clock.advance(2 * HOUR_MS);
      for (let turn = 0; turn < 2; turn += 1) {
        expect(await failure(read())).toMatchObject({
          code: "UNAUTHENTICATED",
          next: expect.stringContaining("`login`") as unknown,
          details: { reason: "sign_in_ended" },
        });
      }
      expect(tokenRequests()).toBe(2);
      faults.length = 0;
      await signInTo(sandbox, grants, clock);
      await read();
    },
  );

  test("in the last minute of a token nothing waits for it", async () => {
    const { faults, clock, read } = await start();
    faults.push({ operation: "POST /oauth/token", attempt: "every", kind: "reset_after" });
    clock.advance(HOUR_MS - 30_000);
    await read();
    expect((await read()).length).toBeGreaterThan(0);
  });

  test("without a leeway at Atlassian, the repetition ends the sign-in, and that is told", async () => {
    const { faults, clock, read, behaviour, sandbox } = await start();
    behaviour.leewayMs = 0;
    faults.push({ operation: "POST /oauth/token", attempt: 1, kind: "reset_after" });
    clock.advance(2 * HOUR_MS);
    expect(await failure(read())).toMatchObject({
      code: "UNAUTHENTICATED",
      details: { reason: "sign_in_ended" },
    });
    expect(usesOfRefreshTokens(sandbox)[0]).toBe(2);
  });
});

test.each([
  [{ kind: "429" as const, error: "x" }, "RATE_LIMITED"],
  [{ kind: "503" as const }, "UPSTREAM_UNAVAILABLE"],
])("a renewal that was not processed (%j) uses nothing up", async (fault, code) => {
  const { faults, clock, read } = await start();
  faults.push({ operation: "POST /oauth/token", attempt: "every", ...fault });
  clock.advance(2 * HOUR_MS);
  for (let turn = 0; turn < 4; turn += 1)
    expect(await failure(read())).toMatchObject({ code, retry: "later" });
  faults.length = 0;
  await read();
});

test("an authorization server that cannot be reached uses nothing up", async () => {
  const { clock, grants, sandbox } = await start();
  clock.advance(2 * HOUR_MS);
  const away = { ...sandbox, atlassianUrl: "http://127.0.0.1:9" };
  const { gateway } = await signedInGateway(away, grants, clock);
  for (let turn = 0; turn < 3; turn += 1)
    expect(await failure(gateway.reads(PASS).trello.workspaces())).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
      retry: "later",
      applied: "no",
    });
  const { gateway: near } = await signedInGateway(sandbox, grants, clock);
  await near.reads(PASS).trello.workspaces();
});

test("a revoked sign-in is told, and a new one is used without a restart", async () => {
  const { clock, read, grant, grants, sandbox } = await start();
  await read();
  clock.advance(60_000);
  grant.revoked = true;
  expect(await failure(read())).toMatchObject({
    code: "UNAUTHENTICATED",
    details: { reason: "sign_in_ended" },
  });
  await signInTo(sandbox, grants, clock);
  await read();
});

test("a wrong secret of the app is told as such, and uses nothing up", async () => {
  const { clock, grants, sandbox, read } = await start();
  clock.advance(2 * HOUR_MS);
  const wrong = { id: CLIENT.id, secret: "ATO-another-secret-123" };
  const { gateway, log } = await signedInGateway(sandbox, grants, clock, wrong);
  const error = await failure(gateway.reads(PASS).trello.workspaces());
  expect(error).toMatchObject({ code: "UNAUTHENTICATED", details: { reason: "client_refused" } });
  expect(JSON.stringify([error, error.message, error.next, log])).not.toContain(wrong.secret);
  await read();
});

test("after a sign-out nothing is sent any more", async () => {
  const { clock, read, grants, sandbox } = await start();
  await read();
  const { length } = sandbox.requests;
  await grants.forget();
  clock.advance(11_000);
  expect(await failure(read())).toMatchObject({
    code: "UNAUTHENTICATED",
    details: { reason: "sign_in_needed" },
  });
  expect(sandbox.requests).toHaveLength(length);
});

test("another person's sign-in does not continue the work of the first", async () => {
  const { clock, read, grants, sandbox } = await start();
  await read();
  await signInTo(sandbox, grants, clock, { idMember: SEED.successor.id });
  clock.advance(11_000);
  expect(await failure(read())).toMatchObject({
    code: "UNAUTHENTICATED",
    details: { reason: "other_account" },
  });
});

test("an answer without a new refresh token keeps the old one", async () => {
  const { clock, read, behaviour, tokenRequests } = await start();
  behaviour.keepsRefreshToken = true;
  for (let turn = 1; turn <= 3; turn += 1) {
    clock.advance(HOUR_MS);
    await read();
    expect(tokenRequests()).toBe(turn);
  }
});

test("tokens of another life than an hour are renewed in time", async () => {
  const { clock, read, behaviour, sandbox, faults } = await start();
  behaviour.accessMs = 20_000;
  clock.advance(HOUR_MS);
  await read();
  faults.push({ operation: "*", attempt: "every", kind: "slow", ms: 0 });
  for (let turn = 0; turn < 4; turn += 1) {
    clock.advance(16_000);
    await read();
  }
  expect(sandbox.requests.filter(({ status }) => status === 401)).toEqual([]);
});

test.each([true, false])(
  "processes share one sign-in (a renewal ends older tokens: %s)",
  async (oldAccessEnds) => {
    const { faults, clock, handle, sandbox, behaviour, grants, now, read } = await start();
    behaviour.oldAccessEnds = oldAccessEnds;
    const kinds = ["reset_after", "reset_before", "truncated"] as const;
    for (let n = 0; n < 12; n += 1)
      faults.push({
        operation: "POST /oauth/token",
        attempt: 2 * n + 1,
        kind: kinds[n % 3] ?? "reset_after",
      });
    const others = await Promise.all(Array.from({ length: 4 }, handle));
    const reads = [
      read,
      ...others.map(
        ({ gateway }) =>
          () =>
            gateway.reads(PASS).trello.workspaces(),
      ),
    ];
    for (let round = 0; round < 6; round += 1) {
      clock.advance(HOUR_MS);
      for (const found of await Promise.all(reads.map((each) => each())))
        expect(found.length).toBeGreaterThan(0);
    }
    expect(usesOfRefreshTokens(sandbox)[0]).toBeLessThanOrEqual(2);
    expect(await grants.get(now())).toMatchObject({ generation: 6, ended: null });
  },
);

test("the rate budget belongs to the sign-in, not to the token of the hour", async () => {
  const { clock, read, gateway, behaviour, tokenRequests } = await start();
  behaviour.accessMs = 4_000;
  clock.advance(HOUR_MS);
  await read();
  const [before] = (await gateway.budgets()).filter(({ id }) => id.startsWith("trello-token"));
  clock.advance(3_500);
  await read();
  expect(tokenRequests()).toBe(2);
  const [after] = (await gateway.budgets()).filter(({ id }) => id.startsWith("trello-token"));
  expect(after).toEqual({ ...before, remaining: (before?.remaining ?? 0) - 1 });
});

test("no token shows in errors, in the log or in the store's file", async () => {
  const { clock, read, log, sandbox, faults } = await start();
  faults.push({ operation: "POST /oauth/token", attempt: 1, kind: "reset_after" });
  clock.advance(HOUR_MS);
  await read();
  faults.push({ operation: "POST /oauth/token", attempt: "every", kind: "500" });
  clock.advance(HOUR_MS);
  const error = await failure(read());
  const { accessTokens, refreshTokens } = sandbox.world.trello.oauth2;
  const told = JSON.stringify([log, error, error.message, error.cause]);
  for (const token of [...accessTokens.keys(), ...refreshTokens.keys(), CLIENT.secret])
    expect(told).not.toContain(token);
});

describe("scopes", () => {
  const without = (...scopes: string[]) => ({
    scopes: ALL_SCOPES.filter((scope) => !scopes.includes(scope.replace(":trello", ""))),
  });

  test.each([
    [{ status: 401, text: "unauthorized permission requested" }],
    [{ status: 401, text: '{"message":"Unauthorized; scope does not match"}' }],
    [{ status: 403, text: "Forbidden" }],
  ])("that a sign-in lacks are named, however Trello refuses: %j", async (lacksScope) => {
    const { gateway, clock, behaviour, tokenRequests } = await start(
      without("write:organization:membership"),
    );
    behaviour.lacksScope = lacksScope;
    clock.advance(300_000);
    const write = gateway.writes(PASS).trello.setWorkspaceMember(standard.id, SEED.leaver.id, "admin");
    const error = await failure(write);
    expect(error).toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
      details: { reason: "scope_missing", scope: "write:organization:membership" },
    });
    expect(error.next).toContain("`login`");
    expect(tokenRequests()).toBe(0);
  });

  test("a part of a batch that lacks one is named", async () => {
    const { gateway } = await start(without("read:board"));
    expect(await failure(gateway.reads(PASS).trello.workspace(standard.id))).toMatchObject({
      details: { reason: "scope_missing", scope: "read:board" },
    });
  });

  test("a call without a published scope is sent, and if Trello refuses it, key and token are named", async () => {
    const { gateway, behaviour, sandbox } = await start();
    const [board] = [...sandbox.world.trello.boards.values()].filter(
      (each) => each.idOrganization === premium.id,
    );
    const ask = () => gateway.reads(PASS).trello.newBillableGuests(premium.id, board?.id ?? "");
    expect(await ask()).toBeGreaterThanOrEqual(0);
    behaviour.answersUnlisted = false;
    const error = await failure(ask());
    expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { reason: "needs_key_and_token" } });
    expect(error.next).toContain("TRELLO_API_TOKEN");
  });

  test("a workspace that a Power-Up's sign-in does not cover is explained", async () => {
    const { gateway } = await start({ workspaces: standard.id });
    await gateway.reads(PASS).trello.workspace(standard.id);
    const error = await failure(gateway.reads(PASS).trello.workspace(premium.id));
    expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { status: 403 } });
    expect(error.next).not.toContain("TRELLO_API_KEY");
    expect(error.next).toContain("Power-Up");
  });

  test("the gateway's table says the same as the sandbox's, of every request of the gateway", () => {
    const folder = new URL("../../../src/gateway/trello", import.meta.url).pathname;
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const operations = [...new Set(text.match(/"(?:GET|PUT|POST|DELETE) \/[^"]*"/g) ?? [])].map((each) =>
      each.slice(1, -1),
    );
    expect(operations.length).toBeGreaterThan(25);
    for (const operation of operations.filter((each) => each in SCOPE_RULES)) {
      const rule = SCOPE_RULES[operation] ?? [];
      const ours = OPERATION_SCOPES[operation];
      const spelled = ours === null ? "unlisted" : (ours ?? []).map(wireScope).toSorted();
      expect([operation, spelled]).toEqual([
        operation,
        typeof rule === "string" ? rule : [...rule].toSorted(),
      ]);
    }
  });
});
