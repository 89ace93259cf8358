import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, challengeOf, type Guarded, post, send, startGuarded } from "./guarded.ts";

const PUBLIC = "https://identity.example";

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded({
    http: { publicUrl: PUBLIC, allowedOrigins: ["https://app.example"] },
  });
});
afterAll(() => guarded.close());

const METADATA = {
  resource: `${PUBLIC}/mcp`,
  bearer_methods_supported: ["header"],
  scopes_supported: ["identity:read", "identity:write", "offline_access"],
};

describe("the document about the server", () => {
  test.each(["", "/mcp"])(
    "is there without authorization at .../oauth-protected-resource%s",
    async (path) => {
      const answer = await send(`${guarded.origin}/.well-known/oauth-protected-resource${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      const metadata = { ...METADATA, authorization_servers: [guarded.issuer.url] };
      expect(JSON.parse(answer.body)).toMatchObject(metadata);
    },
  );

  test("is made from the public address, whatever the Host and the proxy's headers say", async () => {
    const headers = { host: "localhost", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
    const { body } = await send(`${guarded.origin}/.well-known/oauth-protected-resource/mcp`, { headers });
    expect(JSON.parse(body)).toMatchObject(METADATA);
    const refused = await send(guarded.server.url, { method: "POST", headers });
    expect(challengeOf(refused)["resource_metadata"]).toBe(
      `${PUBLIC}/.well-known/oauth-protected-resource/mcp`,
    );
  });

  test.each(["oauth-authorization-server", "openid-configuration", "anything"])(
    "%s is not here: 404 as JSON, not 401",
    async (name) => {
      const answer = await send(`${guarded.origin}/.well-known/${name}`);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: expect.any(Number) } });
    },
  );

  test("stands below a path if the public address has one", async () => {
    const below = await startGuarded({ http: { publicUrl: `${PUBLIC}/tools` } });
    const path = "/.well-known/oauth-protected-resource/tools/mcp";
    const { status, body } = await send(`${below.origin}${path}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ resource: `${PUBLIC}/tools/mcp` });
    const refused = await send(below.server.url, { method: "POST" });
    expect(challengeOf(refused)["resource_metadata"]).toBe(`${PUBLIC}${path}`);
    await below.close();
  });
});

describe("web pages", () => {
  test.each(["https://app.example", PUBLIC, "http://localhost:5173"])(
    "of %s may ask and read",
    async (origin) => {
      const asked = await send(guarded.server.url, { method: "OPTIONS", headers: { origin } });
      expect(asked.status).toBe(204);
      expect(asked.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": expect.stringMatching(/GET, POST, DELETE/),
      });
      for (const name of [
        "Authorization",
        "Mcp-Session-Id",
        "Mcp-Protocol-Version",
        "Mcp-Name",
        "Last-Event-ID",
      ])
        expect(asked.headers["access-control-allow-headers"]).toContain(name);
      const refused = await send(guarded.server.url, { method: "POST", headers: { origin } });
      expect(refused.status).toBe(401);
      expect(refused.headers).toMatchObject({
        "access-control-allow-origin": origin,
        vary: expect.stringMatching(/Origin/),
      });
      expect(refused.headers["access-control-expose-headers"]).toContain("WWW-Authenticate");
      expect(refused.headers).not.toHaveProperty("access-control-allow-credentials");
    },
  );

  test.each(["https://app.example.evil.example", "http://app.example", "https://app.example:444", "null"])(
    "of %s are refused before anything is read",
    async (origin) => {
      for (const method of ["OPTIONS", "POST", "GET"]) {
        const answer = await send(guarded.server.url, { method, headers: { origin } });
        expect(answer.status).toBe(403);
        expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
      }
    },
  );

  test.each([
    ["identity.example", 204],
    ["identity.example:8443", 204],
    ["evil.example", 403],
    ["10.0.0.1", 403],
  ])("by the host name %s: %i", async (host, status) => {
    expect((await send(guarded.server.url, { method: "OPTIONS", headers: { host } })).status).toBe(status);
  });
});

test("a server for other machines takes its own address as Host, and needs its public address", async () => {
  const http = { host: "0.0.0.0", publicUrl: PUBLIC };
  const open = await startGuarded({ http });
  const url = open.server.url.replace("0.0.0.0", "127.0.0.1");
  expect((await send(url, { method: "OPTIONS", headers: { host: "10.1.2.3:8723" } })).status).toBe(204);
  expect((await send(url, { method: "OPTIONS", headers: { host: "evil.example" } })).status).toBe(403);
  await open.close();
  await expect(startGuarded({ http: { host: "0.0.0.0" } })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("IDENTITY_PUBLIC_URL"),
  });
});

describe("a scope that the token lacks", () => {
  test.each([
    ["look", { name: "x" }, "identity:write identity:destructive", "identity:read"],
    ["look", { name: "x" }, "", "identity:read"],
    ["rename_thing", { thing: "x" }, "identity:read", "identity:write"],
    ["remove_thing", { thing: "x" }, "identity:read identity:write", "identity:destructive"],
    ["remove_thing", { thing: "x", dryRun: true }, "identity:read identity:write", "identity:destructive"],
    ["remove_thing", { thing: "x" }, "identity:destructive2 destructive", "identity:destructive"],
    ["apply_plan", { planId: "plan_unknown" }, "identity:read", "identity:write"],
  ])("%s %j with %j: 403 names %s", async (name, args, scope, needed) => {
    const held = guarded.held.length;
    const answer = await call(guarded.server.url, await guarded.token({ scope }), name, args);
    expect(answer.status).toBe(403);
    expect(challengeOf(answer)).toMatchObject({
      error: "insufficient_scope",
      scope: needed,
      resource_metadata: `${PUBLIC}/.well-known/oauth-protected-resource/mcp`,
    });
    const { error, id } = JSON.parse(answer.body) as { error: { message: string }; id: number };
    expect(id).toBe(7);
    expect(error.message).toMatch(new RegExp(`${needed}.*Nothing was done.*connect it again`));
    expect(guarded.held).toHaveLength(held);
    expect(guarded.logs.at(-1)?.facts).toMatchObject({
      missing: [needed],
      got: scope.split(" ").filter(Boolean),
    });
  });

  test("is that of the tool which made the plan, if the plan is applied", async () => {
    const made = await call(guarded.server.url, await guarded.token(), "remove_thing", { thing: "x" });
    const [planId = ""] = guarded.held.slice(-1);
    expect(made.body).toContain(planId);
    const weak = await guarded.token({ scope: "identity:read identity:write" });
    for (const args of [{ planId }, { planId: ` ${planId} ` }, { planId, more: null }]) {
      const answer = await call(guarded.server.url, weak, "apply_plan", args);
      // What is not this plan's id for the gate is not its id for the tool either.
      if (answer.status !== 403) expect(answer.body).toMatch(/NOT_FOUND|INPUT_INVALID/);
      else expect(challengeOf(answer)["scope"]).toBe("identity:destructive");
    }
    expect((await call(guarded.server.url, weak, "apply_plan", { planId })).status).toBe(403);
    expect(guarded.applied).toEqual([]);
    expect((await call(guarded.server.url, await guarded.token(), "apply_plan", { planId })).status).toBe(
      200,
    );
  });

  test("hides nothing: tools are listed, and each names its scope", async () => {
    const { status, body } = await post(guarded.server.url, await guarded.token({ scope: "" }), "tools/list");
    expect(status).toBe(200);
    for (const name of ["look", "remove_thing", "rename_thing", "apply_plan"])
      expect(body).toContain(`"${name}"`);
  });

  test.each(["resources/list", "resources/read"])(
    "keeps evidence back: %s needs identity:read",
    async (method) => {
      const params = method === "resources/read" ? { uri: "trello-identity://runs/run_1/evidence" } : {};
      const token = await guarded.token({ scope: "identity:write" });
      const answer = await post(guarded.server.url, token, method, params);
      expect(answer.status).toBe(403);
      expect(challengeOf(answer)["scope"]).toBe("identity:read");
    },
  );

  test("is asked for together with what an older client has, because it replaces its scopes", async () => {
    const headers = {
      authorization: `Bearer ${await guarded.token({ scope: "identity:read" })}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
    };
    const body = {
      jsonrpc: "2.0",
      id: "a",
      method: "tools/call",
      params: { name: "remove_thing", arguments: { thing: "x" } },
    };
    const answer = await send(guarded.server.url, { method: "POST", headers, body });
    expect(answer.status).toBe(403);
    expect(challengeOf(answer)["scope"]).toBe("identity:read identity:destructive");
  });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["scope, a text", { scope: "openid identity:read" }],
  ["scope, a list", { scope: ["identity:read"] }],
  ["scp, a text", { scope: undefined, scp: "identity:read x" }],
  ["scp, a list", { scope: undefined, scp: ["x", "identity:read"] }],
  ["both", { scope: "x", scp: ["identity:read"] }],
  ["the long name", { scope: "api://app/identity:read" }],
])("scopes are read from %s", async (_what, changes) => {
  const prefixed = await startGuarded({ scopePrefix: "api://app/" });
  const token = await prefixed.token(changes);
  expect((await call(prefixed.server.url, token, "look", { name: "x" })).status).toBe(200);
  const refused = await call(prefixed.server.url, token, "rename_thing", { thing: "x" });
  expect(challengeOf(refused)["scope"]).toBe("api://app/identity:write");
  const metadata = await send(`${prefixed.origin}/.well-known/oauth-protected-resource`);
  expect(JSON.parse(metadata.body)).toMatchObject({
    scopes_supported: ["api://app/identity:read", "api://app/identity:write", "offline_access"],
  });
  await prefixed.close();
});
