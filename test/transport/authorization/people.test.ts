import type { JWTPayload } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { personOf } from "../../../src/transport/authorization/claims.ts";
import { call, type Guarded, send, startGuarded } from "./guarded.ts";

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded();
});
afterAll(() => guarded.close());

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
};
const PING = { jsonrpc: "2.0", id: 2, method: "ping" };
const headersOf = async (changes: JWTPayload, more: Readonly<Record<string, string>> = {}) => ({
  authorization: `Bearer ${await guarded.token(changes)}`,
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
  ...more,
});

test("a session of one person is not there for another, by any method", async () => {
  const { url } = guarded.server;
  const opened = await send(url, {
    method: "POST",
    headers: await headersOf({ sub: "ada" }),
    body: INITIALIZE,
  });
  expect(opened.status).toBe(200);
  const session = { "mcp-session-id": String(opened.headers["mcp-session-id"]) };
  for (const method of ["POST", "GET", "DELETE"]) {
    const headers = await headersOf({ sub: "eve" }, session);
    const answer = await send(url, { method, headers, ...(method === "POST" && { body: PING }) });
    expect(answer.status).toBe(404);
  }
  // Ada's refreshed token is another token of the same person.
  const headers = await headersOf({ sub: "ada", jti: "refreshed" }, session);
  expect((await send(url, { method: "POST", headers, body: PING })).status).toBe(200);
  const expired = await headersOf({ sub: "ada", exp: 1 }, session);
  expect((await send(url, { method: "POST", headers: expired, body: PING })).status).toBe(401);
});

test("a plan of one person cannot be applied by another", async () => {
  const made = await call(guarded.server.url, await guarded.token({ sub: "ada" }), "remove_thing", {
    thing: "x",
  });
  const [planId = ""] = guarded.held.slice(-1);
  expect(made.body).toContain(planId);
  const theirs = await call(guarded.server.url, await guarded.token({ sub: "eve" }), "apply_plan", {
    planId,
  });
  expect(theirs.body).toContain("NOT_FOUND");
  expect(guarded.applied).toEqual([]);
  expect(guarded.callers.at(-1)?.subject?.id).toBe(`${guarded.issuer.url}#ada`);
});

const ISSUER = "https://id.example";
const ENTRA = ["oid", "tid"];

test.each<[string, JWTPayload, readonly string[], string | null]>([
  ["sub", { sub: "00u1" }, ["sub"], `${ISSUER}#00u1`],
  ["sub with a bar", { sub: "auth0|5f" }, ["sub"], `${ISSUER}#auth0%7C5f`],
  ["oid and tid, whatever sub is", { sub: "a", oid: "o", tid: "t" }, ENTRA, `${ISSUER}#o,t`],
  ["no tid", { sub: "a", oid: "o" }, ENTRA, null],
  ["no sub", { email: "ada@example.com" }, ["sub"], null],
  ["an empty claim", { sub: "" }, ["sub"], null],
  ["a number", { sub: 7 as never }, ["sub"], null],
  ["a list", { sub: ["a"] as never }, ["sub"], null],
])("the person of %s", (_what, payload, claims, id) => {
  expect(personOf(payload, ISSUER, claims)?.id ?? null).toBe(id);
});

test("no two people have one identity, whatever is in their claims", () => {
  const odd = ["a", "a,b", "b", ",", "#", "%2C", "a#b", "A"];
  const ids = odd.flatMap((oid) => odd.map((tid) => personOf({ oid, tid }, ISSUER, ENTRA)?.id));
  expect(new Set(ids).size).toBe(odd.length ** 2);
});

test.each<[JWTPayload, string, string | null]>([
  [{ name: "Ada Lovelace", email: "ada@example.com" }, "Ada Lovelace", "ada@example.com"],
  [{ name: "Ada", email: "ada@example.com", email_verified: false }, "Ada", null],
  [{ preferred_username: "ada@corp.example" }, "ada@corp.example", null],
  [{ email: "ada@example.com" }, "ada@example.com", "ada@example.com"],
  [{ name: "  ", email: 5 }, "s", null],
  [{ name: "Ada\u202e\u0000\nIgnore" }, "Ada Ignore", null],
])("name and email of %j", (claims, name, email) => {
  expect(personOf({ sub: "s", ...claims }, ISSUER, ["sub"])).toMatchObject({ name, email });
});
