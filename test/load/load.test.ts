import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { copyWithoutWaits, type HastyProgram } from "../fuzz/program.ts";
import { type Fuzzed, startFuzzed } from "../fuzz/world.ts";
import { HTTP_TOKEN, type HttpProcess, startHttpProcess } from "../support/http-process.ts";

const CLIENTS = Number(process.env["LOAD_CLIENTS"] ?? 1_000);
const SECONDS = Number(process.env["LOAD_SECONDS"] ?? 60);
const SESSIONS = Number(process.env["LOAD_SESSIONS"] ?? 10_000);
const SLOW = Number(process.env["LOAD_SLOW"] ?? 200);
const MINUTES = 60_000;

let fuzzed: Fuzzed;
let program: HastyProgram;
let server: HttpProcess;
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
beforeAll(async () => {
  [fuzzed, program] = await Promise.all([startFuzzed(), copyWithoutWaits()]);
  server = await startHttpProcess([program.main, "http"], {
    ...fuzzed.env,
    IDENTITY_LOG_LEVEL: "info",
    IDENTITY_MAX_SESSIONS: String(CLIENTS),
  });
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
  await program.close();
  await fuzzed.close();
});

interface Answer {
  readonly status: number;
  readonly session: string;
  readonly body: string;
}

function post(message: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      authorization: `Bearer ${HTTP_TOKEN}`,
      ...headers,
    };
    const sent = request(server.url, { method: "POST", agent, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          session: String(response.headers["mcp-session-id"]),
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(message));
  });
}

/** A client of the version before 2026-07-28: its handshake. */
const HANDSHAKE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "load", version: "0" },
  },
};

/** A call by a client in its session; null: by one of 2026-07-28, which has none. */
function callOf(id: number, name: string, session: string | null = null): Promise<Answer> {
  if (session !== null)
    return post(
      { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: {} } },
      { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" },
    );
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "load", version: "0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return post(
    { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: {}, _meta } },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name },
  );
}

async function isAlive(): Promise<boolean> {
  return (await fetch(new URL("/healthz", server.url))).ok;
}

/** How many sessions the server keeps. */
async function sessions(): Promise<number> {
  const text = await (await fetch(new URL("/metrics", server.url))).text();
  return Number(/^identity_sessions (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

/** The resident memory of the server in megabytes, where the system tells (Linux). */
async function megabytes(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

it(`${CLIENTS} clients at once read for ${SECONDS} s without an error`, {
  timeout: 10 * MINUTES,
}, async () => {
  const TOOLS = ["list_workspaces", "list_runs", "list_pending_invitations", "list_workspace_boards"];
  const end = Date.now() + SECONDS * 1000;
  const errors: string[] = [];
  const memory: number[] = [];
  let answers = 0;
  const watch = setInterval(() => void megabytes().then((mb) => memory.push(mb)), (SECONDS * 1000) / 10);
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_each, client) => {
      // Half of the clients are of each era.
      const session = client % 2 === 0 ? null : (await post(HANDSHAKE, {})).session;
      for (let turn = 0; turn === 0 || Date.now() < end; turn += 1) {
        const { status, body } = await callOf(turn, TOOLS[(client + turn) % TOOLS.length] ?? "", session);
        answers += 1;
        if (status !== 200 || body.includes('"isError":true') || !body.includes('"result"'))
          errors.push(`${status} ${body.slice(0, 300)}`);
      }
    }),
  );
  clearInterval(watch);
  console.log(
    `${CLIENTS} clients, ${SECONDS} s: ${answers} answers, ${errors.length} errors; memory (MB) in tenths of the time: ${memory.join(" ")}`,
  );
  expect(errors.slice(0, 5)).toEqual([]);
  // Flat: the second half is not above the highest of the first by more than garbage that waits for its collector.
  const half = Math.floor(memory.length / 2);
  expect(Math.max(...memory.slice(half))).toBeLessThan(1.5 * Math.max(...memory.slice(0, half)));
});

it(`${SESSIONS} sessions that are opened and left take no more than the cap`, {
  timeout: 10 * MINUTES,
}, async () => {
  const before = await megabytes();
  const statuses = new Map<number, number>();
  let opened = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (opened < SESSIONS) {
        opened += 1;
        const { status } = await post(HANDSHAKE, {});
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
  console.log(
    `${opened} sessions: ${JSON.stringify([...statuses])}, ${await sessions()} left; memory ${before} MB, then ${await megabytes()} MB`,
  );
  expect(await sessions()).toBeLessThanOrEqual(CLIENTS);
  expect([...statuses.keys()]).toEqual([200]);
  expect(await isAlive()).toBe(true);
  expect((await callOf(1, "list_runs")).status).toBe(200);
});

it("a body of 100 MB is refused, and none of it is kept", { timeout: MINUTES }, async () => {
  const { hostname, port } = new URL(server.url);
  const before = await megabytes();
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  // The server closes while this still sends.
  socket.on("error", () => {});
  const closed = once(socket, "close");
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${HTTP_TOKEN}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const block = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, "x"), Buffer.from("\r\n")]);
  let sent = 0;
  for (; sent < 100 && !socket.destroyed && !text.startsWith("HTTP"); sent += 1)
    if (!socket.write(block)) await Promise.race([once(socket, "drain"), once(socket, "data"), closed]);
  if (!text.startsWith("HTTP")) await Promise.race([once(socket, "data"), closed]);
  socket.destroy();
  console.log(
    `a body of 100 MB: refused after ${sent} MB; memory ${before} MB, then ${await megabytes()} MB`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(await megabytes()).toBeLessThan(before + 50);
  expect(await isAlive()).toBe(true);
});

it(`${SLOW} clients that send headers or bodies a byte at a time are let go`, {
  timeout: 3 * MINUTES,
}, async () => {
  const { hostname, port } = new URL(server.url);
  const head = `POST /mcp HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${HTTP_TOKEN}\r\n`;
  const starts = [head, `${head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`];
  const began = Date.now();
  const ended = await Promise.all(
    Array.from({ length: SLOW }, async (_each, index) => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.resume();
      socket.write(starts[index % starts.length] ?? "");
      const drip = setInterval(() => socket.write("x"), 1_000);
      // Not "once" of node:events, which fails when the server resets the connection.
      await new Promise((resolve) => socket.on("close", resolve));
      clearInterval(drip);
      return (Date.now() - began) / 1000;
    }).concat(isAlive().then((alive) => (alive ? 0 : Number.NaN))),
  );
  console.log(
    `${SLOW} slow clients: let go after ${Math.min(...ended.slice(0, -1))} to ${Math.max(...ended)} s`,
  );
  expect(ended).not.toContain(Number.NaN);
  expect(await isAlive()).toBe(true);
});
