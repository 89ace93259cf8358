import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { LONGEST_PAUSE_MS } from "../../src/domain/budget.ts";
import { createLimitTracker, trelloBudgets } from "../../src/gateway/http/budgets.ts";
import { retryAfterMs } from "../../src/gateway/http/retry.ts";
import { blindSpotsOf, labelOf, peopleOf } from "../../src/people/person.ts";
import { openLedger } from "../../src/store/ledger.ts";
import { failure } from "../support/failure.ts";
import { createFakeClock } from "./fake-clock.ts";
import { gatewayTo, hastyClock } from "./harness.ts";

interface Odd {
  readonly status: number;
  /** What is answered, or how to make it from the address asked for. */
  readonly body: string | ((address: string) => string);
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway onto a server that answers everything in one way, and how often it was asked. */
async function answering({ status, body, headers = {} }: Odd) {
  let asked = 0;
  const listener: RequestListener = ({ url = "" }, response: ServerResponse) => {
    asked += 1;
    response.writeHead(status, headers).end(typeof body === "string" ? body : body(url));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { TRELLO_API_BASE_URL: `${base}/1`, ATLASSIAN_API_BASE_URL: base };
  const { gateway } = await gatewayTo({ ...env, TRELLO_ENTERPRISE_ID: "e" }, { clock: hastyClock });
  onTestFinished(async () => {
    await gateway.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const pass = { priority: "interactive" } as const;
  return { reads: gateway.reads(pass), writes: gateway.writes(pass), asked: () => asked };
}

const PAGE = "<!doctype html><title>Sign in</title><p>Corporate proxy</p>";
const id = "5abbe4b7ddc1b351ef961414";

describe("how long an upstream may hold a budget back", () => {
  test("is 15 minutes at most, whatever Retry-After says", () => {
    const now = Date.UTC(2026, 0, 1);
    const seconds = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String);
    const date = fc
      .date({ min: new Date(0), max: new Date(8.64e15), noInvalidDate: true })
      .map((at) => at.toUTCString());
    fc.assert(
      fc.property(fc.oneof(seconds, date, fc.string()), (value) => {
        const ms = retryAfterMs(value, now) ?? 0;
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      }),
    );
    expect(retryAfterMs("999999999", now)).toBe(LONGEST_PAUSE_MS);
    expect(retryAfterMs("99999999999999", now)).toBe(LONGEST_PAUSE_MS);
    expect(retryAfterMs("90", now)).toBe(90_000);
  });

  test("is 15 minutes at most in the ledger, also for a pause of years", async () => {
    const clock = createFakeClock();
    const ledger = await openLedger(":memory:", () => clock.monotonic());
    const { token } = trelloBudgets("key", "token");
    await ledger.pause(token.id, 999_999_999_000);
    expect(await ledger.take([{ budget: token, cost: 1 }])).toBe(LONGEST_PAUSE_MS);
    await clock.run(LONGEST_PAUSE_MS);
    expect(await ledger.take([{ budget: token, cost: 1 }])).toBe(0);
    ledger.close();
  });

  test.each(["1", "999999999", "900001"])(
    "is 15 minutes at most by an interval header of %s ms, and then the documented limits hold again",
    async (interval) => {
      const clock = createFakeClock();
      const ledger = await openLedger(":memory:", () => clock.monotonic());
      const documented = trelloBudgets("key", "token");
      const limits = createLimitTracker(ledger, documented, () => clock.monotonic());
      await limits.afterAttempt(await limits.beforeAttempt(1), {
        kind: "reply",
        status: 503,
        text: "",
        headers: {
          "x-rate-limit-api-token-max": "1",
          "x-rate-limit-api-token-remaining": "0",
          "x-rate-limit-api-token-interval-ms": interval,
        },
      });
      expect(limits.budgets().token.windowMs).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      expect(limits.budgets().token.limit).toBeLessThan(documented.token.limit);
      await clock.run(LONGEST_PAUSE_MS + 250);
      expect(limits.budgets()).toEqual(documented);
      expect(await ledger.take([{ budget: limits.budgets().token, cost: 1 }])).toBe(0);
      ledger.close();
    },
  );
});

describe("449, by which Trello tells that a nested part failed", () => {
  const body = (originalStatus: unknown, originalMessage = "x") =>
    JSON.stringify({ path: "boards", originalMessage, originalStatus });

  test.each([
    [401, "Unauthorized", "UPSTREAM_FORBIDDEN"],
    [401, "invalid token", "UNAUTHENTICATED"],
    [403, "no", "UPSTREAM_FORBIDDEN"],
    [404, "model not found", "NOT_FOUND"],
    ["404", "model not found", "NOT_FOUND"],
    ["401", "Unauthorized", "UPSTREAM_FORBIDDEN"],
  ])("is read as the %s (%s) inside it, at once", async (status, words, code) => {
    const { reads, asked } = await answering({ status: 449, body: body(status, words) });
    expect(await failure(reads.trello.workspaces())).toMatchObject({ code });
    // A refusal may be asked about once more: whether the token lacks a scope.
    expect(asked()).toBeLessThanOrEqual(2);
  });

  test.each([body(200), body("4o1"), body(""), body("401.5"), body(null), "[]", "no JSON", ""])(
    "that tells no status (%s) is an outage",
    async (text) => {
      const { reads } = await answering({ status: 449, body: text });
      expect(await failure(reads.trello.workspaces())).toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
    },
  );

  test("of a write leaves its outcome open", async () => {
    const { writes } = await answering({ status: 449, body: body(401, "Unauthorized") });
    expect(await failure(writes.trello.removeBoardMember(id, id))).toMatchObject({
      code: "OUTCOME_UNKNOWN",
      applied: "unknown",
    });
  });

  test("inside a batch is read in the same way", async () => {
    const nested = { path: "boards", originalMessage: "Unauthorized", originalStatus: 401 };
    const body = JSON.stringify([{ 449: nested }, { 449: nested }]);
    const { reads, asked } = await answering({ status: 200, body });
    expect(await failure(reads.trello.board(id))).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
    // Of each of the two parts it may be asked once whether the token lacks a scope.
    expect(asked()).toBeLessThanOrEqual(3);
  });
});

describe("a 2xx that is not the upstream's own answer", () => {
  const writing: Record<
    string,
    (writes: Awaited<ReturnType<typeof answering>>["writes"]) => Promise<unknown>
  > = {
    "an invitation to a workspace": ({ trello }) =>
      trello.inviteWorkspaceMember(id, "a@b.example", "A", "normal"),
    "an invitation to a board": ({ trello }) => trello.inviteBoardMember(id, "a@b.example", "A", "normal"),
    "a role": ({ trello }) => trello.setWorkspaceMember(id, id, "admin"),
    "a removal": ({ trello }) => trello.removeWorkspaceMemberEverywhere(id, id),
    "a card": ({ trello }) => trello.addCardMember(id, id),
    "the enterprise": ({ enterprise }) => enterprise?.setDeactivated(id, true) ?? Promise.resolve(),
    "a SCIM User": ({ scim }) => scim?.deleteUser(id) ?? Promise.resolve(),
    "a new SCIM Group": ({ scim }) =>
      scim?.createGroup({ displayName: "x", members: [] }) ?? Promise.resolve(),
    "an account": ({ organization }) => organization?.disableAccount(id) ?? Promise.resolve(),
  };

  for (const [name, write] of Object.entries(writing)) {
    test.each([PAGE, "OK", "{", "Sign in"])(`leaves the outcome of ${name} open (%s)`, async (body) => {
      const headers = { "content-type": "text/html" };
      const { writes, asked } = await answering({ status: 200, body, headers });
      const error = await failure(write(writes));
      expect(error).toMatchObject({ code: "UPSTREAM_CONTRACT", applied: "unknown", retry: "reconcile" });
      expect(JSON.stringify([error.message, error.next, error.details])).not.toContain("Sign in");
      expect(asked()).toBe(1);
    });
  }

  test.each(["{}", '{"_value":null}', "[]", "null", '{"id":"x"}'])("is not one of JSON: %s", async (body) => {
    const { writes } = await answering({ status: 200, body });
    await expect(writes.trello.removeBoardMember(id, id)).resolves.toBeUndefined();
  });

  test.each([
    "{}",
    "[]",
    "null",
    '"ok"',
    "1",
    "true",
    "[1,2]",
    '{"id":"x"}',
    '{"id":7}',
    '{"message":"Unauthorized","error":"ERROR"}',
    '{"code":200,"message":"OK"}',
    '{"members":"all"}',
    JSON.stringify({ id: "65a4bbd00100000000000005", name: "another board" }),
  ])("is one of JSON if no read can show an invitation: %s", async (body) => {
    for (const invite of ["inviteWorkspaceMember", "inviteBoardMember"] as const) {
      const { writes, asked } = await answering({ status: 200, body });
      const error = await failure(writes.trello[invite](id, "a@b.example", "A", "normal"));
      expect(error).toMatchObject({ code: "UPSTREAM_CONTRACT", applied: "unknown", retry: "reconcile" });
      expect(JSON.stringify([error.message, error.next, error.details])).not.toContain("Unauthorized");
      expect(asked()).toBe(1);
    }
  });

  test.each([
    JSON.stringify({ id }),
    JSON.stringify({ id, members: [], memberships: [], more: 1 }),
    JSON.stringify({ members: [{ id: "x" }] }),
    JSON.stringify({ memberships: [] }),
  ])("is not an answer about the place of an invitation: %s", async (body) => {
    const { writes } = await answering({ status: 200, body });
    await expect(
      writes.trello.inviteWorkspaceMember(id, "a@b.example", "A", "normal"),
    ).resolves.toBeUndefined();
    await expect(writes.trello.inviteBoardMember(id, "a@b.example", "A", "normal")).resolves.toBeUndefined();
  });

  test("is not an empty one of a directory, whose writes have nothing to answer", async () => {
    const { writes } = await answering({ status: 204, body: "" });
    await expect(writes.scim?.deleteUser(id)).resolves.toBeUndefined();
    await expect(writes.organization?.disableAccount(id)).resolves.toBeUndefined();
  });
});

test.each([
  ["61", "Try again in 61 seconds."],
  ["999999999", "Try again in 900 seconds."],
  ["Fri, 31 Dec 9999 23:59:59 GMT", "Try again in 900 seconds."],
])(
  "an outage that asks to wait for longer than a minute (%s) is told with that time, after one request",
  async (value, next) => {
    const { reads, asked } = await answering({ status: 503, body: "x", headers: { "retry-after": value } });
    expect(await failure(reads.trello.workspaces())).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
      message: expect.stringMatching(/answered 503 and asks to wait\.$/),
      next,
    });
    expect(asked()).toBe(1);
  },
);

describe("an outage that a load balancer answers with a page", () => {
  test.each([502, 503, 504])("%i is one, and its page is neither parsed nor shown", async (status) => {
    for (const body of [PAGE, ""]) {
      const { reads, writes } = await answering({ status, body });
      for (const error of [
        await failure(reads.trello.workspaces()),
        await failure(reads.scim?.user(id) ?? Promise.resolve()),
      ]) {
        expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retry: "later" });
        expect(JSON.stringify([error.message, error.next, error.details])).not.toContain("Sign in");
      }
      expect(await failure(writes.trello.removeBoardMember(id, id))).toMatchObject({
        code: "OUTCOME_UNKNOWN",
      });
    }
  });
});

describe("refusals", () => {
  const SCOPE = '{"code":401,"message":"Unauthorized; scope does not match"}';
  test.each<[Odd, string]>([
    [{ status: 401, body: SCOPE }, "by its words"],
    [
      { status: 401, body: "", headers: { "x-failure-category": "FAILURE_CLIENT_SCOPE_CHECK" } },
      "by its header",
    ],
    [{ status: 403, body: SCOPE }, "with 403"],
  ])("of a key without the scope is told as one %#", async (odd) => {
    const { reads } = await answering(odd);
    for (const ask of [reads.scim?.user(id), reads.organization?.account(id)]) {
      expect(await failure(ask ?? Promise.resolve())).toMatchObject({
        code: "UPSTREAM_FORBIDDEN",
        details: { reason: "scope_missing" },
      });
    }
  });

  test.each<[number, string, string, string | undefined]>([
    [403, "Not enough admins", "CONFLICT", "last_admin"],
    [400, "Bad member type", "INPUT_INVALID", "role_unavailable"],
    [401, "unauthorized organization.", "UPSTREAM_FORBIDDEN", "not_permitted"],
    [400, '{"message":"Invalid objectId","error":"ERROR"}', "NOT_FOUND", "id_invalid"],
    [404, "Could not find the card", "NOT_FOUND", undefined],
    [404, "The requested resource was not found.", "NOT_FOUND", undefined],
    [403, '{"error":"API_TOO_MANY_CARDS_REQUESTED"}', "INPUT_INVALID", "too_many_cards"],
    [409, '{"message":"conflict"}', "CONFLICT", undefined],
  ])("in the words that sources show: %i %s", async (status, body, code, reason) => {
    const { writes } = await answering({ status, body });
    const error = await failure(writes.trello.removeBoardMember(id, id));
    expect(error.code).toBe(code);
    expect(error.details["reason"]).toBe(reason);
  });

  test.each<[number, string, string, string]>([
    [403, "This Workspace has reached its limit of 10 collaborators", "CONFLICT", "collaborator_limit"],
    [401, "unauthorized: collaborator limit", "CONFLICT", "collaborator_limit"],
    [403, "WORKSPACE_MEMBER_LIMIT: member limit", "CONFLICT", "collaborator_limit"],
    [403, "restricted", "UPSTREAM_FORBIDDEN", "not_let_in"],
    [403, "", "UPSTREAM_FORBIDDEN", "not_let_in"],
    [401, "unauthorized permission requested", "UPSTREAM_FORBIDDEN", "not_permitted"],
    [400, "Bad member type", "INPUT_INVALID", "role_unavailable"],
  ])("of a person who is to come in name the likely causes: %i %s", async (status, body, code, reason) => {
    const { writes } = await answering({ status, body });
    for (const asked of [
      writes.trello.inviteWorkspaceMember(id, "a@x.org", "A", "normal"),
      writes.trello.inviteBoardMember(id, "a@x.org", "A", "normal"),
    ]) {
      const error = await failure(asked);
      expect(error).toMatchObject({ code, details: { reason } });
      expect(error.next).toMatch(/\w/);
    }
    // The same words about something else are no such cause.
    const other = await failure(writes.trello.removeBoardMember(id, id));
    expect(["collaborator_limit", "not_let_in"]).not.toContain(other.details["reason"]);
  });

  test("in unknown words are told as such, and by their status", async () => {
    const { writes } = await answering({
      status: 403,
      body: "Guests would be charged from the next month on",
    });
    const error = await failure(writes.trello.removeBoardMember(id, id));
    expect(error.code).toBe("UPSTREAM_FORBIDDEN");
    expect(error.message).toBe("Trello does not allow this request and gives no known reason.");
  });
});

describe("an answer about another thing than the one that was asked for", () => {
  const other = "65a4bbd00100000000000005";
  const user = JSON.stringify({ id: other, userName: "boss@x.org" });

  test.each<[string, string, (reads: Awaited<ReturnType<typeof answering>>["reads"]) => Promise<unknown>]>([
    ["a SCIM User", user, ({ scim }) => scim?.user(id) ?? Promise.resolve()],
    [
      "a SCIM Group",
      JSON.stringify({ id: other, displayName: "All" }),
      ({ scim }) => scim?.group(id) ?? Promise.resolve(),
    ],
    [
      "a board",
      JSON.stringify([{ 200: { id: other, name: "B" } }, { 200: [] }]),
      ({ trello }) => trello.board(id),
    ],
    [
      "a workspace",
      JSON.stringify([
        { 200: { id: other, name: "w" } },
        { 200: [] },
        { 200: [] },
        { 200: { id: other, username: "me" } },
      ]),
      ({ trello }) => trello.workspace(id),
    ],
  ])("is not used: %s", async (_what, body, ask) => {
    const { reads } = await answering({ status: 200, body });
    expect(await failure(ask(reads))).toMatchObject({
      code: "UPSTREAM_CONTRACT",
      message: expect.stringContaining("another id"),
    });
  });

  test("is used if it was asked for by name", async () => {
    const body = JSON.stringify([{ 200: { id: other, name: "B" } }, { 200: [] }]);
    const { reads } = await answering({ status: 200, body });
    expect((await reads.trello.board("AbCd1234")).board.id).toBe(other);
  });
});

describe("pages of a directory", () => {
  const users = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `u${from + n}`, userName: `u${from + n}` }));
  const all = async (body: (address: string) => string) => {
    const { reads, asked } = await answering({ status: 200, body });
    const ids: string[] = [];
    for await (const page of reads.scim?.userPages() ?? []) ids.push(...page.map((each) => each.id));
    return { count: new Set(ids).size, asked: asked() };
  };
  const startOf = (address: string) => Number(new URL(address, "http://x").searchParams.get("startIndex"));
  const pageOf = (address: string, people: number, total: (rows: number) => number) => {
    const rows = users(startOf(address), Math.max(0, Math.min(100, people - startOf(address) + 1)));
    return JSON.stringify({ totalResults: total(rows.length), Resources: rows });
  };

  test("are all read if the total is the size of each page", async () => {
    expect(await all((address) => pageOf(address, 230, (rows) => rows))).toEqual({ count: 230, asked: 3 });
    expect(await all((address) => pageOf(address, 200, (rows) => rows))).toEqual({ count: 200, asked: 3 });
    expect(await all((address) => pageOf(address, 230, () => 230))).toEqual({ count: 230, asked: 3 });
  });

  test("end if the server ignores which page was asked for, whatever the total is", async () => {
    const body = JSON.stringify({ totalResults: 9e15, Resources: users(1, 100) });
    expect(await all(() => body)).toEqual({ count: 100, asked: 2 });
  });
});

describe("one odd row", () => {
  const person = { id, username: "ada", fullName: "Ada" };
  const row = { id: "r1", idMember: id, memberType: "admin", member: person };
  const good = { id: "b1", name: "Roadmap", memberships: [{ id: "r2", idMember: id, memberType: "normal" }] };
  const workspaceOf = async (members: readonly unknown[], boards: readonly unknown[], more = {}) => {
    const workspace = { id: "w", name: "acme", displayName: "Acme", offering: "trello.premium", ...more };
    const body = [workspace, members, boards, person].map((part) => ({ 200: part }));
    const { reads } = await answering({ status: 200, body: JSON.stringify(body) });
    return { reads, snapshot: reads.trello.workspace("acme") };
  };

  test.each<unknown>([
    { ...row, idMember: null, member: null },
    { ...row, idMember: 7 },
    null,
    "row",
    [],
    {},
  ])("of a member costs that row, and is counted and named: %j", async (odd) => {
    const { reads, snapshot } = await workspaceOf([odd, row, odd], [good]);
    expect(await snapshot).toMatchObject({ memberships: [row], boards: [good], unread: ["2 members"] });
    expect(await blindSpotsOf([await snapshot], reads)).toEqual([
      "Acme: 2 members of Trello's answer could not be read, so access may be missing here.",
    ]);
  });

  test.each<[unknown, Record<string, unknown>]>([
    [{ ...row, id: null }, { id: "" }],
    [{ ...row, memberType: 7 }, { memberType: "unknown" }],
    [
      { ...row, deactivated: "true", unconfirmed: "False" },
      { deactivated: true, unconfirmed: false },
    ],
    [
      { ...row, deactivated: null, unconfirmed: 5 },
      { deactivated: false, unconfirmed: false },
    ],
    [{ ...row, member: { ...person, email: 5, confirmed: "x", aaId: [] } }, { member: { username: "ada" } }],
  ])("keeps its row if the id is there: %j", async (odd, expected) => {
    const { snapshot } = await workspaceOf([odd], [good]);
    expect(await snapshot).toMatchObject({ memberships: [{ idMember: id, ...expected }] });
    expect(await snapshot).not.toHaveProperty("unread");
  });

  test.each<unknown>([null, undefined, {}, 5, { ...person, username: null }])(
    "of a member whose record is %j keeps the person, by the id",
    async (member) => {
      const { reads, snapshot } = await workspaceOf([{ ...row, member }], [good]);
      const [found] = peopleOf(await snapshot);
      expect(found).toMatchObject({ idMember: id, member: null, membership: { memberType: "admin" } });
      expect(labelOf(found?.membership?.member ?? null, id)).toBe(id);
      expect(await blindSpotsOf([await snapshot], reads)).toEqual([
        `Acme: Trello's answer shows 1 member only by id: ${id}.`,
      ]);
    },
  );

  test.each<unknown>([
    { ...good, memberships: null },
    { ...good, memberships: undefined },
    { ...good, id: 5 },
    7,
  ])("of a board costs that board, and is counted and named: %j", async (odd) => {
    const { reads, snapshot } = await workspaceOf([row], [good, odd]);
    expect(await snapshot).toMatchObject({ memberships: [row], boards: [good], unread: ["1 board"] });
    expect(await blindSpotsOf([await snapshot], reads)).toEqual([
      "Acme: 1 board of Trello's answer could not be read, so access may be missing here.",
    ]);
  });

  test("of a person on a board costs that row and not the board", async () => {
    const odd = { id: "r", idMember: null, memberType: "normal" };
    const { reads, snapshot } = await workspaceOf(
      [row],
      [{ ...good, memberships: [odd, ...good.memberships, 7] }],
    );
    expect(await snapshot).toMatchObject({ boards: [{ id: "b1", memberships: good.memberships }] });
    expect(await blindSpotsOf([await snapshot], reads)).toEqual([
      "Acme: 2 rows of people on boards of Trello's answer could not be read, so access may be missing here.",
    ]);
  });

  test.each<unknown>([
    { ...good, name: null },
    { ...good, name: "", prefs: 5, closed: "false" },
  ])("of a board that has no name keeps it, by the id: %j", async (odd) => {
    const { snapshot } = await workspaceOf([row], [odd]);
    expect(await snapshot).toMatchObject({ boards: [{ id: "b1", name: "b1", closed: false }] });
    expect(await snapshot).not.toHaveProperty("unread");
  });

  test("is no odd product, which nothing needs", async () => {
    const { snapshot } = await workspaceOf([row], [], { products: ["110"] });
    expect(await snapshot).toMatchObject({ tier: "premium", memberships: [row] });
  });

  test.each<[unknown, unknown]>([
    [{}, []],
    [[null], []],
    [[row], null],
  ])("is not a whole list that nobody can read: %j", async (members, boards) => {
    const { snapshot } = await workspaceOf(members as unknown[], boards as unknown[]);
    expect(await failure(snapshot)).toMatchObject({ code: "UPSTREAM_CONTRACT" });
  });
});

describe("one odd row of any other list", () => {
  const member = { id, username: "ada", fullName: "Ada" };
  const user = { id: "u1", userName: "ada@x.example" };
  const group = { id: "g1", displayName: "Crew" };
  type Reads = Awaited<ReturnType<typeof answering>>["reads"];
  interface List {
    readonly good: unknown;
    /** The answer around the rows. */
    readonly around?: (rows: readonly unknown[]) => unknown;
    readonly ask: (reads: Reads) => Promise<unknown>;
    /** Where the count of what is left out stands. */
    readonly count: (answer: never) => unknown;
  }
  const rows = (answer: { readonly unread?: number }) => answer.unread;
  const scim = (Resources: readonly unknown[]) => ({ totalResults: Resources.length, Resources });
  const lists: Record<string, List> = {
    "the workspaces": {
      good: { id: "w1", name: "acme", displayName: "Acme" },
      ask: ({ trello }) => trello.workspaces(),
      count: rows,
    },
    "the cards of a person": {
      good: { id: "c1", name: "Card", idBoard: "b1", idMembers: [id] },
      ask: ({ trello }) => trello.cardsOf(id),
      count: rows,
    },
    "the cards of a board": {
      good: { id: "c1", name: "Card", idBoard: "b1", idMembers: [] },
      ask: ({ trello }) => trello.cardsOn(id),
      count: rows,
    },
    "the invitations of an action feed": {
      good: { type: "unconfirmedBoardInvitation", data: { idMember: id } },
      around: (rows) => [{ 200: rows }],
      ask: async ({ trello }) => (await trello.invitationActions(["w1"]))[0],
      count: rows,
    },
    "a search for members": { good: member, ask: ({ trello }) => trello.searchMembers("ada"), count: rows },
    "the enterprise's members": {
      good: { licensed: true, member },
      ask: async ({ enterprise }) => (await enterprise?.members({}))?.rows,
      count: rows,
    },
    "the enterprise's members, in an object": {
      good: { member },
      around: (members) => ({ members, cursor: "next" }),
      ask: async ({ enterprise }) => (await enterprise?.members({}))?.rows,
      count: rows,
    },
    "the enterprise's admins": {
      good: { id, fullName: "Ada", username: "ada" },
      ask: async ({ enterprise }) => enterprise?.admins(),
      count: rows,
    },
    "the enterprise's workspaces": {
      good: { id: "w1", name: "acme" },
      ask: async ({ enterprise }) => enterprise?.workspaces(),
      count: rows,
    },
    "the SCIM Users": {
      good: user,
      around: scim,
      ask: async ({ scim: directory }) => directory?.users({}),
      count: rows,
    },
    "the SCIM Groups": {
      good: group,
      around: scim,
      ask: async ({ scim: directory }) => directory?.groups({}),
      count: rows,
    },
  };
  const odd = [null, 7, "row", [], {}, { id: null }];

  test.each(Object.keys(lists))("of %s costs that row alone, and is counted", async (name) => {
    const { good, around = (all: readonly unknown[]) => all, ask, count } = lists[name] as List;
    for (const row of odd) {
      const { reads } = await answering({ status: 200, body: JSON.stringify(around([row, good, row])) });
      const answer = await ask(reads);
      expect([row, JSON.stringify(answer)]).toEqual([
        row,
        expect.stringContaining((good as { id?: string }).id ?? id),
      ]);
      expect([row, count(answer as never)]).toEqual([row, 2]);
    }
  });

  test.each(Object.keys(lists))("of %s is not all of it: then the answer is no such list", async (name) => {
    const { around = (all: readonly unknown[]) => all, ask } = lists[name] as List;
    const { reads } = await answering({ status: 200, body: JSON.stringify(around([null, 7])) });
    expect(await failure(ask(reads))).toMatchObject({ code: "UPSTREAM_CONTRACT" });
  });

  test("of the organization is not taken for an account that is not there", async () => {
    const data = [{ accountId: null }, { accountId: "other", email: "b@x.example" }];
    const { reads } = await answering({ status: 200, body: JSON.stringify({ data }) });
    expect(await reads.organization?.account("other")).toMatchObject({ accountId: "other" });
    expect(await failure(reads.organization?.account("a1") ?? Promise.resolve())).toMatchObject({
      code: "UPSTREAM_CONTRACT",
    });
  });
});

describe("odd values of a SCIM User", () => {
  const read = async (more: Record<string, unknown>) => {
    const { reads } = await answering({
      status: 200,
      body: JSON.stringify({ id: "u1", userName: "ada@x.example", ...more }),
    });
    return reads.scim?.user("u1");
  };

  test.each<[unknown, boolean | null]>([
    [true, true],
    [false, false],
    ["true", true],
    ["False", false],
    [null, null],
    [undefined, null],
    ["", null],
    [1, null],
  ])("active %j is read as %j", async (active, expected) => {
    expect(await read({ active })).toMatchObject({ active: expected });
  });

  test.each<[Record<string, unknown>, readonly string[]]>([
    [{ emails: [{ value: null }, { value: "a@x.example", primary: "true" }] }, ["emails"]],
    [{ phoneNumbers: [{ type: "work" }] }, ["phoneNumbers"]],
    [{ groups: [{ display: "Crew" }], emails: "a@x.example" }, ["emails", "groups"]],
  ])("%j cost those rows, and are named", async (more, unread) => {
    expect(await read(more)).toMatchObject({ id: "u1", unread });
  });

  test.each<Record<string, unknown>>([
    { name: "Ada" },
    { displayName: 5, title: {}, name: { givenName: 7, familyName: "L" } },
    { externalId: 42, department: [] },
    { emails: null, groups: null, phoneNumbers: null },
  ])("%j cost themselves", async (more) => {
    expect(await read(more)).not.toHaveProperty("unread");
  });
});

describe("an account whose products are odd", () => {
  test("loses them all the same", async () => {
    const productAccess = [{ key: "jira-software" }, { key: null }, 7];
    const data = [
      { accountId: "a1", productAccess, groups: 5, platformRoles: [null, "atlassian/org-admin"] },
    ];
    const { reads } = await answering({ status: 200, body: JSON.stringify({ data }) });
    expect(await reads.organization?.account("a1")).toMatchObject({
      products: [
        { product: "Jira" },
        { product: "a product that is not named" },
        { product: "a product that is not named" },
      ],
      roles: ["atlassian/org-admin"],
    });
  });
});

describe("a refusal of the SCIM directory whose cause it does not say", () => {
  type Writes = Awaited<ReturnType<typeof answering>>["writes"];
  const user = { userName: "a@x.example", name: { givenName: "A", familyName: "B" }, emails: [] };
  const asks: Record<string, (writes: Writes) => Promise<unknown> | undefined> = {
    "a new User": ({ scim }) => scim?.createUser(user),
    "another address": ({ scim }) => scim?.patchUser(id, []),
    "a new Group": ({ scim }) => scim?.createGroup({ displayName: "Crew", members: [] }),
    "a Group's people": ({ scim }) => scim?.patchGroup(id, []),
    "a Group's end": ({ scim }) => scim?.deleteGroup(id),
  };
  const scimError = (status: number, more = {}) =>
    JSON.stringify({ status: String(status), detail: "x", ...more });

  test.each<[string, number, string, string, RegExp]>([
    ["a new User", 409, scimError(409), "CONFLICT", /an account outside this directory has it/],
    ["another address", 409, scimError(409), "CONFLICT", /an account outside this directory has it/],
    ["a new Group", 409, scimError(409), "CONFLICT", /a group outside SCIM has the name/],
    [
      "a new Group",
      409,
      scimError(409, { scimType: "uniqueness" }),
      "CONFLICT",
      /a group outside SCIM has the name/,
    ],
    [
      "a new User",
      409,
      scimError(409, { scimType: "uniqueness" }),
      "CONFLICT",
      /another account has the address/,
    ],
    ["a Group's people", 403, scimError(403), "UPSTREAM_FORBIDDEN", /^A default group of/],
    ["a Group's end", 403, "", "UPSTREAM_FORBIDDEN", /^A default group of/],
    [
      "a Group's end",
      403,
      '{"error":"x","traceId":"0123456789abcdef"}',
      "UPSTREAM_FORBIDDEN",
      /ATLASSIAN_SCIM_TOKEN/,
    ],
    ["a new User", 403, scimError(403), "UPSTREAM_FORBIDDEN", /ATLASSIAN_SCIM_TOKEN/],
  ])("of %s, %i %s, names what it can be", async (what, status, body, code, next) => {
    const { writes } = await answering({ status, body });
    const error = await failure(asks[what]?.(writes) ?? Promise.resolve());
    expect(error).toMatchObject({ code, next: expect.stringMatching(next) });
  });
});

describe("a part of a batch that is refused with 401", () => {
  const read = async (part: unknown) => {
    const partsOf = (address: string) =>
      new URL(address, "http://trello.example").searchParams.get("urls")?.split(",") ?? [];
    const body = (address: string) => JSON.stringify(partsOf(address).map(() => part));
    const { reads, asked } = await answering({ status: 200, body });
    const error = await failure(reads.trello.workspace(id));
    return { error, asked: asked() };
  };

  test.each([{ 401: PAGE }, { statusCode: 401, message: "no" }, { 401: { error: "denied" } }])(
    "and no known reason is asked for again, and then means that part, not the credentials: %j",
    async (part) => {
      const { error, asked } = await read(part);
      expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
      expect(asked).toBe(3);
    },
  );

  test.each(["invalid token", "expired token", "invalid key"])(
    "because of the credentials is told as that: %s",
    async (words) => {
      const { error, asked } = await read({ 401: words });
      expect(error).toMatchObject({ code: "UNAUTHENTICATED" });
      expect(asked).toBe(1);
    },
  );
});
