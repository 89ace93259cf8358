import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { personOf } from "../../../src/transport/authorization/claims.ts";
import { call, type Guarded, post, send, startGuarded } from "./guarded.ts";

const TENANCY = {
  claim: "org",
  names: { "acme.example": "acme", "0b1c": "globex", "": "empty", "7": "seven" },
};

/** Values of the claim that lead to no tenant. */
const WITHOUT: readonly (readonly [string, unknown])[] = [
  ["no claim", undefined],
  ["null", null],
  ["another tenant", "initech.example"],
  ["another case", "ACME.example"],
  ["spaces around", " acme.example "],
  ["part of a name", "acme"],
  ["the name of the tenant instead of its value", "globex"],
  ["a number", 7],
  ["true", true],
  ["an object", { "acme.example": "acme" }],
  ["two texts", ["acme.example", "0b1c"]],
  ["the same text twice", ["acme.example", "acme.example"]],
  ["an empty list", []],
  ["a list in a list", [["acme.example"]]],
  ["both in one text", "acme.example,0b1c"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty"].map((name) => [name, name] as const),
];

describe("a person has a tenant", () => {
  const tenantOf = (org: unknown) => personOf({ sub: "ada", org }, "https://i", ["sub"], TENANCY)?.tenant;

  test.each([
    ["acme.example", "acme"],
    ["0b1c", "globex"],
    [["acme.example"], "acme"],
  ])("by the claim %j", (value, name) => {
    expect(tenantOf(value)).toBe(name);
  });

  test.each(WITHOUT)("but not by %s", (_what, value) => {
    expect(tenantOf(value)).toBeUndefined();
  });

  test("only on a service that has tenants", () => {
    expect(personOf({ sub: "ada", org: "acme.example" }, "https://i", ["sub"])).not.toHaveProperty("tenant");
  });
});

describe("the door of a service with tenants", () => {
  let guarded: Guarded;
  beforeAll(async () => {
    guarded = await startGuarded({ tenancy: TENANCY });
  });
  afterAll(() => guarded.close());

  test.each(WITHOUT)("answers 403 to %s, with one text that names no tenant", async (_what, org) => {
    const token = await guarded.token({ org });
    const { held, applied } = guarded;
    const before = [held.length, applied.length];
    const answers = [
      await call(guarded.server.url, token, "remove_thing", { thing: "x" }),
      await call(guarded.server.url, token, "look", { name: "x" }),
      await post(guarded.server.url, token, "tools/list"),
      await post(guarded.server.url, token, "resources/list"),
      await send(guarded.server.url, { headers: { authorization: `Bearer ${token}` } }),
    ];
    for (const { status, headers, body } of answers) {
      expect(status).toBe(403);
      // Signing in again would not help, so no challenge asks for it.
      expect(headers).not.toHaveProperty("www-authenticate");
      const { error } = JSON.parse(body) as { error: { message: string } };
      expect(error.message).toMatch(/belongs to no tenant.*Nothing was done\. Next: /);
      expect(body).not.toMatch(/acme|globex|initech/i);
    }
    expect([held.length, applied.length]).toEqual(before);
    expect(guarded.logs.at(-1)?.facts).toMatchObject({
      claim: "org",
      subject: expect.stringMatching(/#ada$/),
    });
  });

  test("lets in who has one", async () => {
    const token = await guarded.token({ org: "acme.example" });
    expect((await call(guarded.server.url, token, "look", { name: "x" })).status).toBe(200);
  });

  test("lets no session of one tenant be used with a token of another, although the person is the same", async () => {
    const asked = async (org: string, method: string, params: object, session?: string) =>
      await send(guarded.server.url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${await guarded.token({ org })}`,
          accept: "application/json, text/event-stream",
          "content-type": "application/json",
          ...(session !== undefined && { "mcp-session-id": session }),
        },
        body: { jsonrpc: "2.0", id: 1, method, params },
      });
    const hello = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "old", version: "0" },
    };
    const { headers } = await asked("acme.example", "initialize", hello);
    const session = String(headers["mcp-session-id"]);
    expect((await asked("acme.example", "tools/list", {}, session)).status).toBe(200);
    expect((await asked("0b1c", "tools/list", {}, session)).status).toBe(404);
    expect((await asked("0b1c", "tools/list", {}, "unknown")).status).toBe(404);
  });

  test("refuses a token that is not valid as before, whatever its tenant", async () => {
    const token = await guarded.token({ org: "acme.example", exp: 1 });
    const answer = await call(guarded.server.url, token, "look", { name: "x" });
    expect(answer.status).toBe(401);
    expect(answer.headers).toHaveProperty("www-authenticate");
  });
});
