import { describe, expect, it, onTestFinished, vi } from "vitest";
import { authInfoOf } from "../../src/server/call/identity.ts";
import { processKeys } from "../../src/server/call/question-states.ts";
import { type Gate, openGate } from "../../src/transport/gate.ts";
import { type HttpDeps, startHttp } from "../../src/transport/http.ts";
import { BACKENDS, opened } from "../store/backends.ts";
import type { ClientKind, ElicitReply } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { type PlannedOptions, removal, startPlannedEngine } from "../support/planned-engine.ts";
import { startRoundRobin } from "../support/round-robin.ts";
import { createSmallServer } from "../support/small-server.ts";
import { send } from "./authorization/guarded.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const initialize = (capabilities: object = { elicitation: {} }, name = "raw") => ({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities, clientInfo: { name, version: "0" } },
});
/** The first version whose streams begin with an event that can be resumed from. */
const NEW_INITIALIZE = {
  ...initialize(),
  params: { ...initialize().params, protocolVersion: "2025-11-25" },
};
const PING = { jsonrpc: "2.0", id: 2, method: "ping" };
const callOf = (id: number | string, name: string, args: object) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
const REMOVE = callOf(7, "remove_thing", { thing: "x" });
const YES = { action: "accept", content: { confirm: true } } as const;

/** Far longer than a look takes on a busy machine. */
const LONG = { timeout: 60_000, interval: 20 };

/** The caller is who the header says: tests of what belongs to whom need no issuer. */
const namedGate: Gate = {
  ...openGate,
  knowsCallers: true,
  async admit(request) {
    const id = String(request.headers["x-caller"] ?? "ada");
    request.auth = authInfoOf({ id, name: id, email: null }, { clientId: "c", scopes: [], expiresAt: 0 });
    return true;
  },
};

describe.each(BACKENDS)("servers on one $name that know nothing of each other", (backend) => {
  async function start(options: PlannedOptions = {}, more: Partial<HttpDeps> = {}) {
    const planned = await startPlannedEngine({ effects: ["a", "b"].map(removal), ...options });
    // In the product, the store has these keys.
    const questionKeys = processKeys();
    const url = await backend.newUrl("ticking");
    /** Another server, with its own connection to the store. */
    const another = async (over: Partial<HttpDeps> = {}) => {
      const store = await opened(url);
      const server = await startHttp(createSmallServer(planned, { questionKeys }).factory, {
        host: "127.0.0.1",
        port: 0,
        log: () => undefined,
        store: store.clientSessions,
        gate: () => openGate,
        ready: async () => true,
        times: { lookMs: 10, drainMs: 50 },
        ...more,
        ...over,
      });
      onTestFinished(() => server.close().catch(() => undefined));
      return server;
    };
    onTestFinished(() => planned.close());
    const [a, b] = [await another(), await another()];
    const post = (to: { url: string }, session: string | null, body: object, headers: object = {}) =>
      send(to.url, {
        method: "POST",
        headers: { ...HEADERS, ...(session !== null && { "mcp-session-id": session }), ...headers },
        body,
      });
    const handshake = async (to: { url: string }, body = initialize(), headers: object = {}) =>
      String((await post(to, null, body, headers)).headers["mcp-session-id"]);
    return { ...planned, a, b, another, post, handshake };
  }

  /** Sends a call and reads its stream until the server asks. */
  async function asked(url: string, session: string, body: object = REMOVE) {
    const headers = { ...HEADERS, "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    const until = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(seen);
        if (found) return found[1] ?? found[0];
        const { done, value = "" } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended after ${seen}`);
        seen += value;
      }
    };
    const cancel = () => reader?.cancel();
    const question = JSON.parse(await until(/^data: (.*elicitation\/create.*)$/m)) as { id: number };
    return { id: question.id, session, until, cancel };
  }

  it.each<ClientKind>([
    { sdk: "v2", era: "legacy" },
    { sdk: "v1", era: "legacy" },
    { sdk: "v2", era: "modern" },
  ])("serve an $sdk client of the $era era in turn, and one is replaced in the middle", async (kind) => {
    const { a, b, another, applied } = await start();
    const balancer = await startRoundRobin([a.url, b.url]);
    onTestFinished(() => balancer.close());
    const client = await connect(
      kind,
      { kind: "url", url: balancer.url },
      { elicit: (): ElicitReply => ({ ...YES }) },
    );
    onTestFinished(() => client.close());
    expect((await client.listTools()).length).toBe(4);
    const change = async () => (await client.call("remove_thing", { thing: "x" })).structured;
    expect(await change()).toMatchObject({ status: "applied", run: { applied: 2 } });
    expect((await client.call("look", { name: "x" })).structured).toMatchObject({ seen: ["x"] });
    expect(applied).toEqual(["plan_1"]);
    // Both are replaced, so the client's session is in the memory of none.
    for (const [index, server] of [a, b].entries()) {
      balancer.replace(index, (await another()).url);
      await server.close();
    }
    for (const name of ["p", "q", "r"])
      expect((await client.call("look", { name })).structured).toMatchObject({ seen: [name] });
  });

  it("route the answer to a question to the server that asked", async () => {
    const { a, b, post, handshake, applied, callers } = await start();
    const session = await handshake(a);
    const call = await asked(b.url, session);
    const answer = { jsonrpc: "2.0", id: call.id, result: YES };
    expect((await post(a, session, answer)).status).toBe(202);
    expect(await call.until(/"status":"(\w+)"/)).toBe("applied");
    expect(applied).toEqual(["plan_1"]);
    expect(callers.at(-1)?.client).toBe("raw/0");
  });

  it.each([
    ["a decline", { result: { action: "decline" } }, "declined"],
    ["an error", { error: { code: -32603, message: "no dialogs here" } }, "awaiting_confirmation"],
  ])(
    "route %s too, and a second answer to the same question counts for nothing",
    async (_what, reply, status) => {
      const { a, b, post, handshake, applied } = await start();
      const session = await handshake(a);
      const call = await asked(a.url, session);
      const answer = { jsonrpc: "2.0", id: call.id };
      expect((await post(b, session, { ...answer, ...reply })).status).toBe(202);
      expect(await call.until(/"status":"(\w+)"/)).toBe(status);
      for (const to of [a, b]) expect((await post(to, session, { ...answer, result: YES })).status).toBe(202);
      expect((await post(a, session, PING)).status).toBe(200);
      expect(applied).toEqual([]);
    },
  );

  it("ask several questions of one session at once, each with an answer of its own", async () => {
    const { a, b, post, handshake } = await start();
    const session = await handshake(a);
    const [first, second, third] = [
      await asked(a.url, session, { ...REMOVE, id: "x" }),
      await asked(b.url, session, { ...REMOVE, id: "y" }),
      await asked(a.url, session, { ...REMOVE, id: "z" }),
    ];
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    const no = { result: { action: "decline" } };
    await post(a, session, { jsonrpc: "2.0", id: second.id, ...no });
    expect(await second.until(/"status":"(\w+)"/)).toBe("declined");
    await post(b, session, { jsonrpc: "2.0", id: third.id, result: YES });
    expect(await third.until(/"status":"(\w+)"/)).toBe("applied");
    await post(b, session, { jsonrpc: "2.0", id: first.id, ...no });
    expect(await first.until(/"status":"(\w+)"/)).toBe("declined");
  });

  it("route a cancellation to the server that works on the call", async () => {
    const { a, b, post, handshake, applied, callers } = await start();
    const session = await handshake(a);
    const call = await asked(a.url, session);
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
    expect((await post(b, session, cancelled)).status).toBe(202);
    // A cancelled call has no answer, so its stream ends without one.
    await expect(call.until(/"result"/)).rejects.toThrow("the stream ended");
    expect(applied).toEqual([]);
    expect(callers.at(0)?.cancelled?.()).toBe(true);
  });

  it("end a session for all, with what is under way in it", async () => {
    const { a, b, post, handshake } = await start();
    const session = await handshake(a);
    const headers = { ...HEADERS, "mcp-session-id": session };
    const stream = await fetch(a.url, { headers });
    expect((await send(b.url, { method: "DELETE", headers })).status).toBe(200);
    for (const server of [a, b]) {
      const gone = await post(server, session, PING);
      expect(gone.status).toBe(404);
      expect(JSON.parse(gone.body)).toMatchObject({ error: { code: -32001 } });
      for (const method of ["GET", "DELETE"])
        expect((await send(server.url, { method, headers })).status).toBe(404);
    }
    await stream.body?.cancel();
  });

  it.each([
    ["waits for the answer", async () => {}],
    ["is gone", async (call: { cancel(): Promise<void> | undefined }) => await call.cancel()],
  ])(
    "give up the call of a session that ends at the other server, while its client %s",
    async (_how, leave) => {
      const { a, b, post, handshake, applied, callers } = await start();
      const session = await handshake(a);
      const call = await asked(a.url, session);
      const other = await asked(a.url, await handshake(a));
      await leave(call);
      const headers = { ...HEADERS, "mcp-session-id": session };
      expect((await send(b.url, { method: "DELETE", headers })).status).toBe(200);
      await vi.waitFor(() => expect(callers.at(0)?.signal?.aborted).toBe(true), LONG);
      // A call of another session goes on.
      expect(callers.at(1)?.signal?.aborted).toBe(false);
      await post(b, other.session, { jsonrpc: "2.0", id: other.id, result: YES });
      expect(await other.until(/"status":"(\w+)"/)).toBe("applied");
      expect(applied).toEqual(["plan_2"]);
    },
  );

  it("keep a session through a restart, with who the client is and what it can do", async () => {
    const { a, b, another, post, handshake, callers } = await start();
    const able = await handshake(a, initialize({ elicitation: {} }, "able"));
    const unable = await handshake(b, initialize({}, "unable"));
    await Promise.all([a.close(), b.close()]);
    const later = await another();
    expect(await asked(later.url, able).then(({ id }) => id)).toBeGreaterThan(0);
    expect(callers.at(-1)?.client).toBe("able/0");
    expect((await post(later, unable, REMOVE)).body).toContain("awaiting_confirmation");
    expect(callers.at(-1)?.client).toBe("unable/0");
  });

  it("serve the sessions of a person to that person only, and none by an id that they did not make", async () => {
    const { a, b, post, handshake } = await start(
      {},
      { gate: () => namedGate, publicUrl: "https://identity.example" },
    );
    const session = await handshake(a, initialize(), { "x-caller": "ada" });
    for (const server of [a, b]) {
      expect((await post(server, session, PING, { "x-caller": "eve" })).status).toBe(404);
      expect((await post(server, session, PING, { "x-caller": "ada" })).status).toBe(200);
      for (const made of ["", "x", session.slice(1), `${session} `, session.toUpperCase(), "' or 1=1 --"])
        expect((await post(server, made, PING, { "x-caller": "ada" })).status).toBe(
          made === `${session} ` ? 200 : 404,
        );
    }
    const call = await asked(a.url, session);
    const answer = { jsonrpc: "2.0", id: call.id, result: YES };
    expect((await post(b, session, answer, { "x-caller": "eve" })).status).toBe(404);
    expect((await post(b, session, answer, { "x-caller": "ada" })).status).toBe(202);
    expect(await call.until(/"status":"(\w+)"/)).toBe("applied");
  });

  it("let a hundred idle sessions of one person, or a session for each call, lock no one out", async () => {
    const sessions = { max: 20, idleMs: 60_000 };
    const more = { gate: () => namedGate, publicUrl: "https://identity.example", sessions };
    const { a, b, post, handshake } = await start({}, more);
    const bob = await handshake(a, initialize(), { "x-caller": "bob" });
    expect((await post(b, bob, PING, { "x-caller": "bob" })).status).toBe(200);
    for (let n = 0; n < 100; n += 1) {
      const answer = await post(n % 2 === 0 ? a : b, null, initialize(), { "x-caller": "ada" });
      expect(answer.status).toBe(200);
    }
    expect((await post(a, bob, PING, { "x-caller": "bob" })).status).toBe(200);
    for (const server of [a, b]) {
      const eve = await handshake(server, initialize(), { "x-caller": "eve" });
      expect((await post(a, eve, PING, { "x-caller": "eve" })).status).toBe(200);
      expect((await post(b, eve, PING, { "x-caller": "eve" })).status).toBe(200);
    }
  });

  it.each<ClientKind>([
    { sdk: "v2", era: "legacy" },
    { sdk: "v1", era: "legacy" },
  ])(
    "let an $sdk client whose connection broke while a person decided have its answer all the same",
    async (kind) => {
      const { a, b, applied } = await start();
      const balancer = await startRoundRobin([a.url, b.url]);
      onTestFinished(() => balancer.close());
      const elicit = (): ElicitReply => {
        balancer.cut();
        return { ...YES };
      };
      const client = await connect(kind, { kind: "url", url: balancer.url }, { elicit });
      onTestFinished(() => client.close());
      const { structured } = await client.call("remove_thing", { thing: "x" });
      expect(structured).toMatchObject({ status: "applied", run: { applied: 2 } });
      expect(applied).toEqual(["plan_1"]);
    },
  );

  it("resume a broken stream after the event that the client names, once to its end, for its session only", async () => {
    const { a, b, post, handshake } = await start();
    const [session, other] = [await handshake(a, NEW_INITIALIZE), await handshake(b, NEW_INITIALIZE)];
    const call = await asked(a.url, session);
    const begun = await call.until(/^id: (\S+\.1)$/m);
    const [stream] = begun.split(".");
    await call.cancel();
    const resumed = (to: { url: string }, id: string, of = session) =>
      send(to.url, { headers: { ...HEADERS, "mcp-session-id": of, "last-event-id": id } });
    // It waits for the answer, which comes to the other server. That one may still have to notice that the stream broke.
    const headersOf = { ...HEADERS, "mcp-session-id": session, "last-event-id": begun };
    let rest = await fetch(b.url, { headers: headersOf });
    while (rest.status === 400) rest = await fetch(b.url, { headers: headersOf });
    const answer = { jsonrpc: "2.0", id: call.id, result: YES };
    expect((await post(b, session, answer)).status).toBe(202);
    const body = await rest.text();
    expect(rest.headers.get("content-type")).toBe("text/event-stream");
    expect(rest.headers.get("mcp-session-id")).toBe(session);
    expect(body).toMatch(/^: open\n\n/);
    const ids = [...body.matchAll(/^id: (\S+)$/gm)].map(([, id = ""]) => id);
    expect(ids.length).toBe(2);
    expect(body.indexOf("elicitation/create")).toBeLessThan(body.indexOf('"status":"applied"'));
    const again = await resumed(a, ids[0] ?? "");
    expect(again.body).not.toContain("elicitation/create");
    expect(again.body).toContain('"status":"applied"');
    for (const id of [
      ids[1] ?? "",
      `${stream}.99`,
      `${"0".repeat(36)}.1`,
      `${stream}.-1`,
      `${stream}.1 or 1=1`,
      "1",
    ])
      expect([id, (await resumed(a, id)).status]).toEqual([id, 400]);
    expect((await resumed(a, begun, other)).status).toBe(400);
    expect((await resumed(a, begun, "made-up")).status).toBe(404);
  });

  it("tell a client whose call ended with its server that there is nothing to resume", async () => {
    const { a, b, post, handshake } = await start();
    const session = await handshake(a, NEW_INITIALIZE);
    const call = await asked(a.url, session);
    const last = await call.until(/^id: (\S+\.2)$/m);
    await call.cancel();
    await a.close();
    const headers = { ...HEADERS, "mcp-session-id": session, "last-event-id": last };
    expect((await send(b.url, { headers })).status).toBe(400);
    expect((await post(b, session, PING)).status).toBe(200);
  });

  it("refuse an answer that is too long to be kept", async () => {
    const { a, b, post, handshake } = await start();
    const session = await handshake(a);
    const call = await asked(a.url, session);
    const answer = { jsonrpc: "2.0", id: call.id, result: { ...YES, _meta: { note: "x".repeat(70_000) } } };
    expect((await post(b, session, answer)).status).toBe(413);
    expect((await post(b, session, { ...answer, result: YES })).status).toBe(202);
    expect(await call.until(/"status":"(\w+)"/)).toBe("applied");
  });

  it("answer a client that keeps no session, and cannot ask it", async () => {
    const { a, b, post, applied } = await start();
    expect((await post(a, null, { jsonrpc: "2.0", id: 1, method: "tools/list" })).body).toContain(
      "remove_thing",
    );
    expect((await post(b, null, callOf(2, "look", { name: "x" }))).body).toContain("Seen: x");
    expect((await post(a, null, REMOVE)).body).toContain("awaiting_confirmation");
    expect(applied).toEqual([]);
  });
});
