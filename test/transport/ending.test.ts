import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Approvals } from "../../src/server/deps.ts";
import { openGate } from "../../src/transport/gate.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type HttpTimes, startHttp } from "../../src/transport/http.ts";
import { removal, startPlannedEngine } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";
import { post, send } from "./authorization/guarded.ts";

const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: { elicitation: {} },
    clientInfo: { name: "raw", version: "0" },
  },
};
const REMOVE = {
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name: "remove_thing", arguments: { thing: "x" } },
};

async function start(
  times: Partial<HttpTimes> = {},
  present?: Approvals["present"],
  { engine, stopping }: { readonly engine?: Partial<Engine>; readonly stopping?: AbortController } = {},
) {
  const planned = await startPlannedEngine({ effects: ["a", "b"].map(removal) });
  const approvals = present && {
    present,
    start: () => Promise.reject(new Error("no run is begun here")),
    command: () => null,
  };
  const { factory } = createSmallServer(
    { engine: { ...planned.engine, ...engine } },
    { stopping: stopping?.signal, ...(approvals && { approvals }) },
  );
  const server = await startHttp(factory, {
    host: "127.0.0.1",
    port: 0,
    log: () => undefined,
    store: planned.clientSessions,
    gate: () => openGate,
    ready: async () => true,
    times,
    ...(stopping && { hurry: () => stopping.abort() }),
  });
  onTestFinished(async () => {
    await server.close().catch(() => undefined);
    await planned.close();
  });
  const opened = await send(server.url, { method: "POST", headers: HEADERS, body: INITIALIZE });
  const session = { ...HEADERS, "mcp-session-id": String(opened.headers["mcp-session-id"]) };
  return { ...planned, server, session };
}

/** A call whose question has reached the client. */
async function asked(url: string, session: Record<string, string>) {
  const call = await fetch(url, { method: "POST", headers: session, body: JSON.stringify(REMOVE) });
  const reader = call.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("elicitation/create")) text += (await reader?.read())?.value ?? "";
  const { id } = JSON.parse(/^data: (.*elicitation.*)$/m.exec(text)?.[1] ?? "") as { id: number };
  const rest = async (): Promise<string> => {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      text += part.value;
    return text;
  };
  return { id, rest };
}

test("a server that stops lets a call under way end, and answers it", async () => {
  let began: () => void = () => undefined;
  let release: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => (began = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  // The call waits where the person's page is opened.
  const present = async () => {
    began();
    await released;
    return { url: null, opened: false };
  };
  const { server } = await start({ drainMs: 60_000 }, present);
  const call = post(server.url, null, "tools/call", REMOVE.params);
  await underWay;
  const closing = server.close();
  await expect(send(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  release();
  expect((await call).body).toContain("awaiting_confirmation");
  await closing;
});

test("a server that stops does not wait for an open stream, nor for ever", async () => {
  const { server, session } = await start({ drainMs: 50 });
  const stream = await fetch(server.url, { headers: session });
  const call = await fetch(server.url, { method: "POST", headers: session, body: JSON.stringify(REMOVE) });
  expect([stream.status, call.status]).toEqual([200, 200]);
  await server.close();
  await expect(send(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await Promise.allSettled([stream.text(), call.text()]);
});

test("a server that stops answers a call whose question no person has answered: the plan waits", async () => {
  const { server, session, held, stateOf } = await start({ drainMs: 50 }, undefined, {
    stopping: new AbortController(),
  });
  const { rest } = await asked(server.url, session);
  await server.close();
  const text = await rest();
  // The client is told that its question is void.
  expect(text).toContain("notifications/cancelled");
  expect(text).toContain("awaiting_confirmation");
  expect(await stateOf(held[0] ?? "")).toBe("waiting");
});

test("a server that stops answers a call whose run goes on, and stops that run for the next process", async () => {
  const signals: AbortSignal[] = [];
  let began: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => (began = resolve));
  const apply: Engine["apply"] = (_planId, { stopsRun }) => {
    if (stopsRun) signals.push(stopsRun);
    began();
    return new Promise(() => undefined);
  };
  const stopping = new AbortController();
  const { server, session } = await start({ drainMs: 50 }, undefined, { engine: { apply }, stopping });
  const { id, rest } = await asked(server.url, session);
  const body = { jsonrpc: "2.0", id, result: { action: "accept", content: { confirm: true } } };
  await send(server.url, { method: "POST", headers: session, body });
  await underWay;
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  await server.close();
  expect(await rest()).toContain('"status":"running"');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test("a second stream of a session takes the place of the first", async () => {
  const { server, session } = await start();
  const first = await fetch(server.url, { headers: session });
  const second = await fetch(server.url, { headers: session });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.headers.get("x-accel-buffering")).toBe("no");
  // It ends, so the client does not wait on it.
  await first.text();
  await second.body?.cancel();
});

test.each([
  ["a head that never ends", "POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: "],
  [
    "a body that never comes",
    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  ],
])("%s is refused with 408, and others are served", async (_what, bytes) => {
  const { server, session } = await start({ arriveMs: 300 });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let seen = "";
  socket.setEncoding("utf8").on("data", (part: string) => (seen += part));
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  expect(seen).toMatch(/^HTTP\/1\.1 408 /);
  const ping = { jsonrpc: "2.0", id: 3, method: "ping" };
  expect((await send(server.url, { method: "POST", headers: session, body: ping })).status).toBe(200);
});

test.each([
  ["a body of 100 MB that tells its length", "Content-Length: 104857600\r\n\r\n", false],
  ["a body that has no end", "Transfer-Encoding: chunked\r\n\r\n", true],
  ["a packed body that has no end", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", true],
])("%s is refused with 413 before it has come, and others are served", async (_what, head, isChunked) => {
  const { server, session } = await start({ arriveMs: 600_000 });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let seen = "";
  socket.setEncoding("utf8").on("data", (part: string) => (seen += part));
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${head}`);
  const block = isChunked ? `40000\r\n${" ".repeat(0x40000)}\r\n` : " ".repeat(0x40000);
  const sendBlocks = () => {
    for (let n = 0; n < 16; n += 1) socket.write(block);
  };
  // The server answers while more is still to come, and then closes.
  const more = () => {
    if (seen !== "" || socket.destroyed) return;
    sendBlocks();
    socket.once("drain", more);
  };
  more();
  await closed;
  expect(seen).toMatch(/^HTTP\/1\.1 413 /);
  expect(seen).not.toContain("HTTP/1.1 408");
  const ping = { jsonrpc: "2.0", id: 3, method: "ping" };
  expect((await send(server.url, { method: "POST", headers: session, body: ping })).status).toBe(200);
});
