import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ApplicationConnection, ApplicationForm } from "../../../src/domain/application.ts";
import { requireApplication } from "../../../src/domain/application.ts";
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import type { ApplicationName, ApplicationUser } from "../../../src/sandbox/vendors/application-world.ts";
import { boundless } from "../../support/boundless.ts";
import { applicationsOf } from "../../support/connections.ts";
import { gatewayTo, hastyClock } from "../harness.ts";

const PASS = { priority: "interactive" } as const;

describe("the applications of the sandbox", () => {
  let sandbox: Sandbox;
  let applications: readonly ApplicationConnection[];
  let closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox();
    applications = await applicationsOf(sandbox);
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    for (const each of sandbox.world.vendors.applications.values()) each.isDown = false;
    sandbox.resetRequests();
  });

  async function open(name: ApplicationName, change: Partial<ApplicationConnection> = {}) {
    const changed = applications.map((each) => (each.name === name ? { ...each, ...change } : each));
    const { gateway, log } = await gatewayTo(sandbox.env, {
      applications: changed,
      clock: hastyClock,
      ledger: boundless,
    });
    closers.push(() => gateway.close());
    onTestFinished(async () => {
      await Promise.all(closers.map((close) => close()));
      closers = [];
    });
    const { users } = sandbox.world.vendors.applications.get(name) ?? expect.unreachable();
    return {
      log,
      gateway,
      users,
      reads: () => requireApplication(gateway.reads(PASS).applications, name),
      writes: () => requireApplication(gateway.writes(PASS).applications, name),
    };
  }

  test.each(["chat", "vault"] as const)("%s: a user is found by email, switched off and on", async (name) => {
    const { users, reads, writes } = await open(name);
    const user = users[2] ?? expect.unreachable();
    const [email = ""] = user.emails;
    expect(await reads().usersWithEmail(email)).toMatchObject([
      { id: user.id, active: user.active, emails: [email] },
    ]);
    for (const active of [false, true]) {
      await writes().patchActive(user.id, active);
      expect(user.active).toBe(active);
      expect((await reads().user(user.id)).active).toBe(active);
    }
    expect(await reads().usersWithEmail("nobody@elsewhere.example")).toEqual([]);
    expect(await reads().count()).toBe(users.length);
  });

  test("a PUT keeps what it does not know, and a DELETE leaves nothing", async () => {
    const { users, reads, writes } = await open("chat");
    const user: ApplicationUser = users[3] ?? expect.unreachable();
    await writes().putActive(user.id, await reads().record(user.id), false);
    expect(user).toMatchObject({ active: false, team: "Crew", emails: [user.userName] });
    await writes().deleteUser(user.id);
    await expect(reads().user(user.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each<[string, ApplicationName, Partial<ApplicationConnection>, object]>([
    ["is down", "chat", {}, { code: "UPSTREAM_UNAVAILABLE", retry: "later" }],
    ["refuses the token", "chat", { token: { reveal: () => "another-token" } }, { code: "UNAUTHENTICATED" }],
    [
      "has no such address",
      "chat",
      { baseUrl: "BASE/vendors/applications/nowhere" },
      { code: "CONFIG_INVALID", details: { reason: "no_users" } },
    ],
    [
      "cannot search that attribute",
      "chat",
      { form: { filter: "nickName", paging: "index", patch: "path", activeAsText: false } },
      { code: "CONFIG_INVALID", details: { reason: "no_filter" } },
    ],
  ])("an application that %s is told by its name", async (what, name, change, error) => {
    const origin = new URL(sandbox.trelloUrl).origin;
    const moved = change.baseUrl ? { baseUrl: change.baseUrl.replace("BASE", origin) } : {};
    const { reads } = await open(name, { ...change, ...moved });
    const application = sandbox.world.vendors.applications.get(name) ?? expect.unreachable();
    application.isDown = what === "is down";
    await expect(reads().usersWithEmail("a@b.example")).rejects.toMatchObject({
      message: expect.stringContaining(`application ${name}`),
      ...error,
    });
  });

  test("each has a budget of its own, and one that may not be written has no writes", async () => {
    const { gateway, log } = await open("vault", { write: false });
    const own = (await gateway.budgets()).filter(({ id }) => id.startsWith("application:"));
    expect(new Set(own.map(({ id }) => id)).size).toBe(2);
    expect(gateway.writes(PASS).applications?.map(({ name }) => name)).toEqual(["chat"]);
    expect(() => requireApplication(gateway.writes(PASS).applications, "vault")).toThrow(
      "is not allowed to change it",
    );
    expect(JSON.stringify(log)).not.toContain("sandbox-vault-token");
  });
});

describe("lists as servers give them", () => {
  interface Ask {
    readonly filter: string | null;
    readonly startIndex: number;
    readonly cursor: string | null;
  }
  type Answer = (ask: Ask) => object;

  /** A server of one test. It answers every list by `answer`. */
  async function serve(form: Partial<ApplicationForm>, answer: Answer) {
    const asked: Ask[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
      const ask = {
        filter: searchParams.get("filter"),
        startIndex: Number(searchParams.get("startIndex")),
        cursor: searchParams.get("cursor"),
      };
      asked.push(ask);
      response.setHeader("content-type", "application/scim+json");
      response.end(JSON.stringify(answer(ask)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { gateway } = await gatewayTo(
      {},
      {
        clock: hastyClock,
        ledger: boundless,
        applications: [
          {
            name: "odd",
            baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            token: { reveal: () => "token-of-a-test" },
            write: false,
            deactivate: "patch",
            undo: true,
            form: { filter: "userName", paging: "index", patch: "path", activeAsText: false, ...form },
          },
        ],
      },
    );
    onTestFinished(async () => {
      await gateway.close();
      server.closeAllConnections();
      server.close();
    });
    return { asked, odd: requireApplication(gateway.reads(PASS).applications, "odd") };
  }

  const people = Array.from({ length: 230 }, (_, n) => ({
    id: n,
    userName: `u${n}`,
    emails: [{ value: `Person${n}@Corp.Example` }],
  }));
  const from = (rows: readonly object[], { startIndex }: Ask, size = 100) =>
    rows.slice(startIndex - 1, startIndex - 1 + size);

  test.each<[string, Partial<ApplicationForm>, Answer]>([
    ["pages by index", { filter: null }, (ask) => ({ totalResults: 230, Resources: from(people, ask) })],
    [
      "smaller pages than asked for",
      { filter: null },
      (ask) => ({ totalResults: 230, Resources: from(people, ask, 37) }),
    ],
    [
      "a total that is too small",
      { filter: null },
      (ask) => ({ totalResults: 100, Resources: from(people, ask) }),
    ],
    ["no total", { filter: null }, (ask) => ({ Resources: from(people, ask) })],
    ["a filter that is ignored", {}, (ask) => ({ totalResults: 230, Resources: from(people, ask) })],
    ["numbers as text", { filter: null }, (ask) => ({ totalResults: "230", Resources: from(people, ask) })],
    [
      "pages by cursor",
      { filter: null, paging: "cursor" },
      ({ cursor }) => {
        const at = Number(cursor === "" ? 0 : cursor);
        return {
          totalResults: 230,
          Resources: people.slice(at, at + 60),
          ...(at + 60 < 230 && { nextCursor: String(at + 60) }),
        };
      },
    ],
  ])("%s: everybody is read, and the last person is found", async (_what, form, answer) => {
    const { odd, asked } = await serve(form, answer);
    expect(await odd.usersWithEmail("person229@corp.example")).toMatchObject([{ id: "229" }]);
    const requests = asked.length;
    expect(await odd.usersWithEmail("person229@corp.example")).toHaveLength(1);
    expect(asked).toHaveLength(requests);
  });

  test.each<[string, Partial<ApplicationForm>, Answer]>([
    [
      "startIndex that is ignored",
      { filter: null },
      () => ({ totalResults: 230, Resources: people.slice(0, 100) }),
    ],
    [
      "a cursor that leads back",
      { filter: null, paging: "cursor" },
      () => ({ Resources: people.slice(0, 5), nextCursor: "again" }),
    ],
    ["a user without an id", {}, () => ({ totalResults: 1, Resources: [{ userName: "u" }] })],
    ["no list", {}, () => ({ error: "what?" })],
    ["a list that is no list", {}, () => ({ totalResults: 1, Resources: {} })],
  ])("%s: nobody is said to be missing", async (_what, form, answer) => {
    const { odd } = await serve(form, answer);
    await expect(odd.usersWithEmail("person229@corp.example")).rejects.toMatchObject({
      code: "UPSTREAM_CONTRACT",
    });
  });

  test.each<[string, object, boolean | null]>([
    ["true", { active: true }, true],
    ["text", { active: "False" }, false],
    ["nothing", {}, null],
    ["something odd", { active: 7 }, null],
  ])("active as %s", async (_what, state, active) => {
    const user = { id: "1", userName: "jane@corp.example", emails: "odd", ...state };
    const { odd } = await serve({}, () => ({ totalResults: 1, Resources: [user] }));
    expect(await odd.usersWithEmail("jane@corp.example")).toMatchObject([{ active }]);
  });

  test.each([
    ["the userName", { userName: "Jane@Corp.example" }, 1],
    ["an address", { userName: "jdoe", emails: [{ value: "jane@corp.example" }] }, 1],
    ["an address that is only text", { userName: "jdoe", emails: ["jane@corp.example"] }, 1],
    ["a longer userName", { userName: "mary.jane@corp.example" }, 0],
    ["only the name", { userName: "x", displayName: "jane@corp.example" }, 0],
  ])("a user counts by %s", async (_what, user, found) => {
    const { odd } = await serve({}, () => ({ totalResults: 1, Resources: [{ id: "1", ...user }] }));
    expect(await odd.usersWithEmail("jane@corp.example")).toHaveLength(found);
  });

  test("an email with a quote cannot leave its filter", async () => {
    const { odd, asked } = await serve({}, () => ({ totalResults: 0 }));
    expect(await odd.usersWithEmail('a"or"b@corp.example')).toEqual([]);
    expect(asked[0]?.filter).toBe('userName eq "a\\"or\\"b@corp.example"');
  });
});
