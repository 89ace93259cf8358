import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "../../src/domain/error.ts";
import type { RosterConnection } from "../../src/domain/roster.ts";
import { readRoster, tryRoster } from "../../src/rosters/read.ts";
import { createSecret } from "../../src/config/secret.ts";
import { type Connected, connect, vendorPerson } from "./connected.ts";

const wrong = (name: string, change: (connection: RosterConnection) => RosterConnection) =>
  [name, change] as const;
const withLogin = (login: object) => (connection: RosterConnection) =>
  ({ ...connection, login: { ...connection.login, ...login } }) as RosterConnection;

let connected: Connected;
beforeAll(async () => {
  connected = await connect();
});
beforeEach(() => {
  connected.reset();
  const { people } = connected.sandbox.world.vendors;
  people.splice(0, people.length, ...Array.from({ length: 12 }, (_, number) => vendorPerson(number)));
});
afterAll(() => connected.close());

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => expect.unreachable("it was read"),
    (thrown: unknown) => thrown as AppError,
  );
const vendors = () => connected.sandbox.world.vendors;

describe("what a vendor demands is said by name", () => {
  it.each([
    [
      ...wrong("okta", withLogin({ kind: "token", scheme: "SSWS", token: createSecret("revoked-token") })),
      /does not accept the token/,
    ],
    [...wrong("okta", withLogin({ clientId: "another-client" })), /client_id or its key/],
    [...wrong("okta", withLogin({ scope: "okta.users.manage" })), /okta\.users\.read/],
    [...wrong("okta", withLogin({ privateKey: createSecret("not a key") })), /not a private key in PEM form/],
    [
      ...wrong("entra", withLogin({ clientSecret: createSecret("wrong-secret-123") })),
      /secret's value, not to its id/,
    ],
    [...wrong("entra", withLogin({ clientId: "another-client" })), /no app with that client_id/],
    [...wrong("google", withLogin({ subject: "stranger@sandbox.example" })), /administrator in `admin`/],
    [...wrong("google", withLogin({ key: createSecret("{}") })), /not a key file of Google/],
    [...wrong("onelogin", withLogin({ clientSecret: createSecret("wrong-secret-123") })), /API Credentials/],
    [
      ...wrong("other-scim", withLogin({ token: createSecret("wrong-token-1234") })),
      /did not accept the credentials/,
    ],
    [
      ...wrong("other-scim", (connection) => ({ ...connection, baseUrl: `${connection.baseUrl}/v9` })),
      /no SCIM server at that address/,
    ],
  ])("%s %#", async (name, change, says) => {
    const other = await connect((connection) => (connection.name === name ? change(connection) : connection));
    try {
      const { code, message, next } = await refusal(readRoster(other.feed(name)));
      expect(["UNAUTHENTICATED", "UPSTREAM_FORBIDDEN", "CONFIG_INVALID"]).toContain(code);
      expect(`${message} ${next}`).toMatch(says);
      expect(`${message} ${next}`).not.toMatch(/wrong-|revoked-token/);
    } finally {
      await other.close();
    }
  });

  it("Okta: DPoP; Google: delegation", async () => {
    const fresh = await connect();
    try {
      fresh.sandbox.world.vendors.dpop = true;
      fresh.sandbox.world.vendors.missing.add("delegation");
      expect((await refusal(readRoster(fresh.feed("okta")))).next).toContain("DPoP");
      expect((await refusal(readRoster(fresh.feed("google")))).next).toContain("API controls");
    } finally {
      await fresh.close();
    }
  });
});

describe("the last sign-in at Entra", () => {
  it("is read if the tenant allows it", async () => {
    const { people, notes } = await readRoster(connected.feed("entra"));
    expect(people.every(({ lastSignIn }) => lastSignIn !== null)).toBe(true);
    expect(notes).toEqual([]);
  });

  it.each(["licence", "permission"] as const)(
    "is not known without the %s, and everything else is read",
    async (what) => {
      if (what === "licence") vendors().premium = false;
      else vendors().missing.add("sign_ins");
      const { people, gaps, notes } = await readRoster(connected.feed("entra"));
      expect([people.length, gaps]).toEqual([12, []]);
      expect(people.map(({ lastSignIn }) => lastSignIn)).toEqual(people.map(() => null));
      expect(notes?.join()).toMatch(/entra: The last sign-ins are not known/);
      expect(await tryRoster(connected.feed("entra"))).toMatch(/The last sign-ins are not known/);
    },
  );
});

describe("access tokens", () => {
  it("are made once, and anew if the vendor takes one back", async () => {
    const asked = () => connected.sandbox.requests.filter(({ method }) => method === "POST").length;
    await readRoster(connected.feed("onelogin"));
    connected.sandbox.resetRequests();
    await readRoster(connected.feed("onelogin"));
    expect(asked()).toBe(0);
    vendors().tokens.clear();
    expect((await readRoster(connected.feed("onelogin"))).gaps).toEqual([]);
    expect(asked()).toBe(1);
  });
});

describe("a page", () => {
  it("at another address is not asked for, because the token would go there", async () => {
    const other = await connect((connection) => ({
      ...connection,
      baseUrl: connection.baseUrl.replace("127.0.0.1", "localhost"),
      login:
        connection.login.kind === "token"
          ? connection.login
          : { ...connection.login, tokenUrl: connection.login.tokenUrl },
    }));
    try {
      const { vendors: theirs } = other.sandbox.world;
      theirs.people.push(...Array.from({ length: 12 }, (_, number) => vendorPerson(number)));
      theirs.pageSize = 5;
      // The sandbox names itself by the Host header, so this link is honest, and the next page is read.
      expect((await readRoster(other.feed("entra"))).gaps).toEqual([]);
      const feed = other.feed("entra");
      const leading = {
        ...feed,
        page: async (request: Parameters<typeof feed.page>[0]) => {
          const page = await feed.page(request);
          const body = page.body as Record<string, unknown>;
          return { ...page, body: { ...body, "@odata.nextLink": "https://elsewhere.example/v1.0/users" } };
        },
      };
      other.sandbox.resetRequests();
      const { gaps } = await readRoster(leading);
      expect(gaps.join()).toContain("link to a next page at another address");
      expect(other.sandbox.requests.every(({ path }) => path.startsWith("/entra/"))).toBe(true);
    } finally {
      await other.close();
    }
  });

  it("that comes again and again ends the reading with a gap", async () => {
    vendors().pageSize = 5;
    const feed = connected.feed("onelogin");
    const first = await feed.page({ operation: "GET", path: "/api/2/users", query: { limit: "5" } });
    const circling = { ...feed, page: () => Promise.resolve(first) };
    const { gaps, people } = await readRoster(circling);
    expect(people).toHaveLength(5);
    expect(gaps.join()).toMatch(/the pages of its list of \w+ repeat/);
  });

  it("with rows that cannot be read is a gap, and costs those rows", async () => {
    Object.assign(vendors().people[3] ?? {}, { id: undefined });
    for (const name of ["entra", "google", "other-scim"]) {
      const { people, gaps } = await readRoster(connected.feed(name));
      expect(people).toHaveLength(11);
      expect(gaps.join()).toMatch(/1 row of its users could not be read/);
    }
  });
});

describe("limits", () => {
  it("Google's 403 because of too many requests is no refusal of the credentials", async () => {
    for (const attempt of [1, 2, 3, 4, 5, 6])
      connected.faults.push({ operation: "GET /google/admin/directory/v1/users", attempt, kind: "429" });
    const { code, retry } = await refusal(readRoster(connected.feed("google")));
    expect([code, retry]).toEqual(["RATE_LIMITED", "later"]);
  });

  it("Okta's limit that is used up is waited for: nothing is asked before its time", async () => {
    const limited = await connect(undefined, { limits: true });
    try {
      const { world } = limited.sandbox;
      const limit = world.vendors.limits.get("okta");
      if (!limit) expect.unreachable("Okta has a limit");
      limit.starts.push(...Array.from({ length: limit.max - 1 }, () => world.now() - 59_000));
      world.vendors.pageSize = 20;
      const { gaps, people } = await readRoster(limited.feed("okta"));
      expect([people.length > 20, gaps]).toEqual([true, []]);
      expect(limited.sandbox.requests.filter(({ status }) => status === 429)).toEqual([]);
    } finally {
      await limited.close();
    }
  });
});

describe("a SCIM server of another make", () => {
  it.each([
    ["lists nobody unless startIndex and count are sent", { needsBoth: true }, 12, /^$/],
    ["answers everything in one page", { ignoresStartIndex: true }, 12, /^$/],
    ["counts too few", { totalResults: 3 }, 12, /^$/],
    ["counts more than it shows", { totalResults: 40 }, 12, /has 40 users and showed 12 users/],
    ["writes active as text", { activeAsText: true }, 12, /^$/],
    ["hides whether a user is active", { hidesActive: true }, 12, /^$/],
  ])("%s", async (_what, quirk, count, gap) => {
    Object.assign(vendors().people[5] ?? {}, { state: "blocked" });
    vendors().scim = quirk;
    const { people, gaps } = await readRoster(connected.feed("other-scim"));
    expect(people).toHaveLength(count);
    expect(gaps.join()).toMatch(gap);
    expect(people[5]?.status).toBe("hidesActive" in quirk ? "active" : "blocked");
  });

  it("that shows the same page again and has more is not read whole", async () => {
    vendors().pageSize = 5;
    vendors().scim = { ignoresStartIndex: true };
    const { people, gaps } = await readRoster(connected.feed("other-scim"));
    expect(people).toHaveLength(5);
    expect(gaps.join()).toMatch(/has 12 users and showed 5 users/);
  });
});
