import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { isInitializeRequest, type McpServerFactory } from "@modelcontextprotocol/server";
import type { Log } from "../domain/runtime.ts";
import { refuse } from "./refusal.ts";

/** How many clients of the handshake era may be connected, and how long (ms) one of them may be silent. */
export interface SessionLimits {
  readonly max: number;
  readonly idleMs: number;
}

const SESSION_LIMITS: SessionLimits = { max: 200, idleMs: 30 * 60_000 };

export interface Sessions {
  /** Serves one HTTP request of a handshake-era client; `body` is the parsed JSON of a POST. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  count(): number;
  close(): Promise<void>;
}

interface Session {
  readonly transport: NodeStreamableHTTPServerTransport;
  close(): Promise<void>;
  /** Requests under way, including open event streams. A session with one is never closed for silence. */
  open: number;
  idle: NodeJS.Timeout | undefined;
}

/** Sessions for clients older than 2026-07-28. Each keeps a stream on which the server can ask. */
export function createSessions(
  factory: McpServerFactory,
  { log, limits = SESSION_LIMITS }: { readonly log: Log; readonly limits?: SessionLimits },
): Sessions {
  // In order of last use, oldest first.
  const sessions = new Map<string, Session>();
  let starting = 0;

  async function open(): Promise<NodeStreamableHTTPServerTransport> {
    const server = await factory({ era: "legacy" });
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized(id) {
        sessions.set(id, { transport, close: () => server.close(), open: 0, idle: undefined });
        watch(id);
      },
    });
    await server.connect(transport);
    // The server has set its own listener, which is called first.
    const { onclose } = transport;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- not an event target: the SDK has one listener a property
    transport.onclose = () => {
      onclose?.();
      forget(transport.sessionId);
    };
    return transport;
  }

  function forget(id: string | undefined): void {
    if (id === undefined) return;
    clearTimeout(sessions.get(id)?.idle);
    sessions.delete(id);
  }

  function watch(id: string): void {
    const session = sessions.get(id);
    if (session === undefined) return;
    clearTimeout(session.idle);
    session.idle = setTimeout(() => void end(id, "no request for too long"), limits.idleMs);
    session.idle.unref();
  }

  async function end(id: string, why: string): Promise<void> {
    const session = sessions.get(id);
    forget(id);
    if (session === undefined) return;
    log("info", { why }, "closed an MCP session");
    await session
      .close()
      .catch((error: unknown) => log("warn", { err: error }, "an MCP session did not close"));
  }

  // True if there is room. If there is none, the session that was unused for the longest time is closed.
  async function makeRoom(): Promise<boolean> {
    if (sessions.size + starting < limits.max) return true;
    const unused = [...sessions].find(([, session]) => session.open === 0)?.[0];
    if (unused === undefined) return false;
    await end(unused, "to make room for another");
    return true;
  }

  function use(id: string, session: Session, response: ServerResponse): void {
    sessions.delete(id);
    sessions.set(id, session);
    clearTimeout(session.idle);
    session.open += 1;
    response.once("close", () => {
      session.open -= 1;
      if (session.open === 0) watch(id);
    });
  }

  async function start(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    if (!(await makeRoom())) {
      response.setHeader("Retry-After", "60");
      refuse(response, 503, "Too many sessions are in use.");
      return;
    }
    starting += 1;
    try {
      const transport = await open();
      await transport.handleRequest(request, response, body);
      // After a refused handshake there is no session that would close the transport later.
      if (transport.sessionId === undefined) await transport.close();
    } finally {
      starting -= 1;
    }
  }

  return {
    async handle(request, response, body) {
      const id = request.headers["mcp-session-id"];
      if (id === undefined && isInitializeRequest(body)) return start(request, response, body);
      if (typeof id !== "string") return refuse(response, 400, "Mcp-Session-Id header is required.");
      const session = sessions.get(id);
      if (session === undefined) return refuse(response, 404, "Session not found.");
      use(id, session, response);
      await session.transport.handleRequest(request, response, body);
    },
    count: () => sessions.size,
    async close() {
      await Promise.all([...sessions.keys()].map((id) => end(id, "the server stops")));
    },
  };
}
