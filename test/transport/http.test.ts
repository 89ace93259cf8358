import { request } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openGate } from "../../src/transport/gate.ts";
import { type HttpDeps, type RunningHttp, startHttp } from "../../src/transport/http.ts";
import type { ClientKind, TestClient } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { type PlannedEngine, removal, startPlannedEngine } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";

const KINDS: readonly ClientKind[] = [
  { sdk: "v2", era: "modern" },
  { sdk: "v2", era: "legacy" },
  { sdk: "v1", era: "legacy" },
];
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
};
const PING = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" });
const ACCEPT = { accept: "application/json, text/event-stream", "content-type": "application/json" };

const servers: RunningHttp[] = [];
const clients: TestClient[] = [];
const engines: PlannedEngine[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function start(overrides: Partial<HttpDeps> = {}) {
  const planned = await startPlannedEngine({ effects: ["a", "b"].map(removal) });
  engines.push(planned);
  const { factory } = createSmallServer(planned);
  const server = await startHttp(factory, {
    host: "127.0.0.1",
    port: 0,
    log: () => undefined,
    store: planned.clientSessions,
    gate: () => openGate,
    ready: async () => true,
    ...overrides,
  });
  servers.push(server);
  return { ...planned, server, origin: new URL(server.url).origin };
}

async function connected(kind: ClientKind, url: string, asks = true): Promise<TestClient> {
  const yes = () => ({ action: "accept" as const, content: { confirm: true } });
  const client = await connect(kind, { kind: "url", url }, asks ? { elicit: yes } : {});
  clients.push(client);
  return client;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request that can lie about its Host, which `fetch` cannot. */
function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const initialize = (url: string) =>
  send(url, { method: "POST", headers: ACCEPT, body: JSON.stringify(INITIALIZE) });

describe.each(KINDS)("over HTTP, $sdk client of the $era era", (kind) => {
  it("lists, reads, asks, applies and tells progress", async () => {
    const { server, applied } = await start();
    const client = await connected(kind, server.url);
    expect((await client.listTools()).map(({ name }) => name)).toEqual([
      "look",
      "remove_thing",
      "rename_thing",
      "apply_plan",
    ]);
    expect((await client.call("look", { name: "x" })).structured).toMatchObject({ seen: ["x"] });
    const messages: (string | undefined)[] = [];
    const reply = await client.call(
      "remove_thing",
      { thing: "x" },
      { onProgress: ({ message }) => messages.push(message) },
    );
    expect(reply.structured).toMatchObject({ status: "applied", run: { applied: 2 } });
    expect(messages).toEqual(
      expect.arrayContaining(["Remove a from board Roadmap", "Remove b from board Roadmap"]),
    );
    expect(applied).toEqual(["plan_1"]);
  });

  it("waits for a person where the client cannot ask", async () => {
    const { server, applied } = await start();
    const client = await connected(kind, server.url, false);
    const reply = await client.call("remove_thing", { thing: "x" });
    expect(reply.structured).toMatchObject({ status: "awaiting_confirmation" });
    expect(applied).toEqual([]);
  });

  it("serves several clients at once, each its own answers", async () => {
    const { server } = await start();
    const all = await Promise.all(Array.from({ length: 4 }, () => connected(kind, server.url)));
    const replies = await Promise.all(all.map((client, index) => client.call("look", { name: `n${index}` })));
    expect(replies.map(({ structured }) => structured["name"])).toEqual(["n0", "n1", "n2", "n3"]);
  });
});

describe("the HTTP server", () => {
  it.each(["evil.example", "127.0.0.1.evil.example", "evil.example:80"])(
    "refuses Host %s everywhere",
    async (host) => {
      const { origin } = await start();
      for (const path of ["/mcp", "/healthz", "/readyz", "/nothing"]) {
        expect((await send(`${origin}${path}`, { headers: { host } })).status).toBe(403);
      }
      const post = await send(`${origin}/mcp`, {
        method: "POST",
        headers: { ...ACCEPT, host },
        body: JSON.stringify(INITIALIZE),
      });
      expect(post.status).toBe(403);
    },
  );

  it.each(["https://evil.example", "null", "http://127.0.0.1.evil.example", "not an origin"])(
    "refuses Origin %s everywhere",
    async (origin) => {
      const { server, origin: base } = await start();
      for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
        expect((await send(server.url, { method, headers: { ...ACCEPT, origin } })).status).toBe(403);
      }
      expect((await send(`${base}/healthz`, { headers: { origin } })).status).toBe(403);
    },
  );

  it("lets pages of this machine in", async () => {
    const { origin } = await start();
    const answer = await send(`${origin}/healthz`, { headers: { origin: "http://localhost:5173" } });
    expect(answer).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(answer.headers).not.toHaveProperty("x-powered-by");
  });

  it("keeps an unused connection open for longer than a proxy does", async () => {
    const { origin } = await start();
    const { headers } = await send(`${origin}/healthz`, { headers: { connection: "keep-alive" } });
    const [, seconds] = /timeout=(\d+)/.exec(String(headers["keep-alive"])) ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  it("tells whether it is ready", async () => {
    let ready = false;
    const { origin } = await start({ ready: async () => ready });
    expect((await send(`${origin}/readyz`)).status).toBe(503);
    ready = true;
    expect((await send(`${origin}/readyz`)).status).toBe(200);
  });

  it.each(["0.0.0.0", "::", "192.168.1.10", "example.com"])("refuses to listen on %s", async (host) => {
    await expect(start({ host })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("says when the port is taken", async () => {
    const { origin } = await start();
    await expect(start({ port: Number(new URL(origin).port) })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  it("answers what is not MCP with an error that names it", async () => {
    const { server, origin } = await start();
    const post = (body: string, headers: Record<string, string> = ACCEPT) =>
      send(server.url, { method: "POST", headers, body });
    expect(await post("{")).toMatchObject({ status: 400 });
    expect(JSON.parse((await post("{")).body)).toMatchObject({ jsonrpc: "2.0", error: { code: -32700 } });
    expect((await post("a=1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
    for (const method of ["GET", "DELETE"])
      expect((await send(server.url, { method, headers: ACCEPT })).status).toBe(400);
    expect((await post(JSON.stringify({ x: "y".repeat(5_000_000) }))).status).toBe(413);
    expect((await send(server.url, { headers: { ...ACCEPT, "mcp-session-id": "made-up" } })).status).toBe(
      404,
    );
    expect((await send(`${origin}/nothing`)).status).toBe(404);
  });

  it.each<[string, string | Buffer, Record<string, string>]>([
    ["a list nested 200,000 deep", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, {}],
    [
      "a call with arguments nested 200,000 deep",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":{"name":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}}}`,
      {},
    ],
    [
      "a handshake nested deep",
      JSON.stringify(INITIALIZE).replace("{}", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`),
      {},
    ],
    ["half a message", JSON.stringify(INITIALIZE).slice(0, 40), {}],
    ["two messages in one body", `${JSON.stringify(INITIALIZE)}\n${JSON.stringify(INITIALIZE)}`, {}],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x7b]), {}],
    ["nothing at all", "", {}],
    ["a text", '"initialize"', {}],
    ["null", "null", {}],
  ])("answers %s with 400", async (_what, body, more) => {
    const { server } = await start();
    const headers = { ...ACCEPT, ...more };
    const { status, body: answer } = await send(server.url, { method: "POST", headers, body });
    expect(status).toBe(400);
    expect(JSON.parse(answer)).toMatchObject({ jsonrpc: "2.0", error: { code: expect.any(Number) } });
    expect((await initialize(server.url)).status).toBe(200);
  });

  it.each([
    ["content-encoding", "br2", 415],
    ["content-encoding", "gzip", 400],
    ["content-encoding", "deflate", 400],
    ["content-encoding", "br", 400],
    ["content-encoding", "gzip, gzip", 415],
    ["content-type", "application/json; charset=utf-77", 415],
  ])("answers a body with the %s %s with %i", async (name, value, expected) => {
    const { server } = await start();
    const headers = { ...ACCEPT, [name]: value };
    const { status } = await send(server.url, { method: "POST", headers, body: JSON.stringify(INITIALIZE) });
    expect(status).toBe(expected);
  });

  it("takes a message after a byte order mark, and arguments that are null or JSON text", async () => {
    const { server } = await start();
    const { status, headers } = await send(server.url, {
      method: "POST",
      headers: ACCEPT,
      body: `\uFEFF${JSON.stringify(INITIALIZE)}`,
    });
    expect(status).toBe(200);
    const session = { ...ACCEPT, "mcp-session-id": String(headers["mcp-session-id"]) };
    const call = async (given: unknown) => {
      const params = { name: "look", arguments: given };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 3, method: "tools/call", params });
      return (await send(server.url, { method: "POST", headers: session, body })).body;
    };
    expect(await call(null)).toContain("INPUT_INVALID: look cannot use these arguments: name: ");
    expect(await call("")).toContain("INPUT_INVALID: look cannot use these arguments: name: ");
    expect(await call('{"name":"x"}')).toContain("Seen: x");
  });
});

describe("sessions of handshake-era clients", () => {
  const legacy: ClientKind = { sdk: "v1", era: "legacy" };
  const IDLE_MS = 1_000;

  /** A server whose sessions may be silent for IDLE_MS, which pass only when the test lets them. */
  const startStill = async (max: number) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let time = Date.parse("2026-03-01T12:00:00Z");
    const started = await start({ sessions: { max, idleMs: IDLE_MS }, now: () => time });
    const pass = (ms: number) => {
      time += ms;
      vi.advanceTimersByTime(ms);
    };
    return { ...started, pass };
  };

  it("end when the client says so", async () => {
    const { server } = await start();
    const { headers } = await initialize(server.url);
    const session = { ...ACCEPT, "mcp-session-id": String(headers["mcp-session-id"]) };
    expect((await send(server.url, { method: "DELETE", headers: session })).status).toBe(200);
    expect((await send(server.url, { method: "DELETE", headers: session })).status).toBe(404);
  });

  it("are bounded: the one unused for longest gives way", async () => {
    const { server } = await start({ sessions: { max: 2, idleMs: 60_000 } });
    const first = String((await initialize(server.url)).headers["mcp-session-id"]);
    const second = String((await initialize(server.url)).headers["mcp-session-id"]);
    const ping = (id: string) =>
      send(server.url, {
        method: "POST",
        headers: { ...ACCEPT, "mcp-session-id": id },
        body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" }),
      });
    expect((await ping(first)).status).toBe(200);
    expect((await initialize(server.url)).status).toBe(200);
    expect((await ping(second)).status).toBe(404);
    expect((await ping(first)).status).toBe(200);
  });

  it("do not end for silence while a stream is open", async () => {
    const { server, pass } = await startStill(2);
    const id = String((await initialize(server.url)).headers["mcp-session-id"]);
    const session = { ...ACCEPT, "mcp-session-id": id };
    const stream = await fetch(server.url, { headers: session });
    expect(stream.status).toBe(200);
    pass(5 * IDLE_MS);
    expect((await send(server.url, { method: "DELETE", headers: session })).status).toBe(200);
  });

  it.each([
    ["GET", undefined],
    // The question to the person keeps the call open.
    ["POST", { name: "remove_thing", arguments: { thing: "x" } }],
  ])("send a comment on a stream by %s at once, and every 15 seconds", async (method, params) => {
    const { server, pass } = await startStill(2);
    const able = { ...INITIALIZE.params, capabilities: { elicitation: {} } };
    const body = JSON.stringify({ ...INITIALIZE, params: able });
    const { headers } = await send(server.url, { method: "POST", headers: ACCEPT, body });
    const stream = await fetch(server.url, {
      method,
      headers: { ...ACCEPT, "mcp-session-id": String(headers["mcp-session-id"]) },
      ...(params && { body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params }) }),
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    const comments = () => seen.match(/^: \w+$/gm) ?? [];
    const until = async (count: number) => {
      while (comments().length < count) seen += (await reader?.read())?.value ?? "";
    };
    await until(1);
    expect(seen.startsWith(": open\n\n")).toBe(true);
    for (const count of [2, 3, 4]) {
      pass(15_000);
      await until(count);
    }
    expect(comments()).toEqual([": open", ": keepalive", ": keepalive", ": keepalive"]);
    await reader?.cancel();
  });

  it("that only hold a stream open shut nobody out: one without a stream gives way first, then the oldest", async () => {
    const { server } = await start({ sessions: { max: 3, idleMs: 60_000 } });
    const open = async () => {
      const headers = {
        ...ACCEPT,
        "mcp-session-id": String((await initialize(server.url)).headers["mcp-session-id"]),
      };
      return { headers, stream: await fetch(server.url, { headers }) };
    };
    const first = await open();
    const second = await open();
    const bare = (await initialize(server.url)).headers["mcp-session-id"];
    const isThere = async (headers: Record<string, string>) =>
      (await send(server.url, { method: "POST", headers, body: PING })).status === 200;
    expect((await initialize(server.url)).status).toBe(200);
    expect(await isThere({ ...ACCEPT, "mcp-session-id": String(bare) })).toBe(false);
    // The fourth has no stream either, so it is the next.
    const third = await open();
    expect(third.stream.status).toBe(200);
    for (const { headers } of [first, third, second]) expect(await isThere(headers)).toBe(true);
    expect((await open()).stream.status).toBe(200);
    const left = await Promise.all([first, second, third].map(({ headers }) => isThere(headers)));
    expect(left).toEqual([false, true, true]);
  });

  it("are not taken from a client whose message is under way", async () => {
    const { server } = await start({ sessions: { max: 1, idleMs: 60_000 } });
    const params = { ...INITIALIZE.params, capabilities: { elicitation: {} } };
    const { headers } = await send(server.url, {
      method: "POST",
      headers: ACCEPT,
      body: JSON.stringify({ ...INITIALIZE, params }),
    });
    const session = { ...ACCEPT, "mcp-session-id": String(headers["mcp-session-id"]) };
    // The question to the person keeps the call open.
    const call = await fetch(server.url, {
      method: "POST",
      headers: session,
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 2,
        method: "tools/call",
        params: { name: "remove_thing", arguments: { thing: "x" } },
      }),
    });
    const refused = await initialize(server.url);
    expect(refused.status).toBe(503);
    expect(refused.headers["retry-after"]).toBe("60");
    await call.body?.cancel();
  });

  it("end after a silence", async () => {
    const { server, pass } = await startStill(5);
    const [silent, other] = [await initialize(server.url), await initialize(server.url)].map(
      ({ headers }) => ({
        ...ACCEPT,
        "mcp-session-id": String(headers["mcp-session-id"]),
      }),
    );
    const end = async (headers = {}) => (await send(server.url, { method: "DELETE", headers })).status;
    pass(IDLE_MS - 1);
    expect(await end(other)).toBe(200);
    pass(1);
    expect(await end(silent)).toBe(404);
  });

  it("all end with the server", async () => {
    const { server } = await start();
    const client = await connected(legacy, server.url);
    await client.call("look", { name: "x" });
    await server.close();
    servers.length = 0;
    await expect(send(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
