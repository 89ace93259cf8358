import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { isInitializeRequest, type McpServerFactory } from "@modelcontextprotocol/server";
import type { Log } from "../domain/runtime.ts";
import { signedInBy } from "../server/call/identity.ts";
import type { GateRequest } from "./gate.ts";
import { refuse } from "./refusal.ts";

/** The most clients of the handshake era at once, and how long (ms) a client may be silent. */
export interface SessionLimits {
  readonly max: number;
  readonly idleMs: number;
}

const SESSION_LIMITS: SessionLimits = { max: 200, idleMs: 30 * 60_000 };

export interface Sessions {
  /** Serves one HTTP request of a client of the handshake era. `body` is the parsed JSON of a POST. */
  handle(request: GateRequest, response: ServerResponse, body: unknown): Promise<void>;
  count(): number;
  close(): Promise<void>;
}

interface Session {
  readonly transport: NodeStreamableHTTPServerTransport;
  close(): Promise<void>;
  /** The caller who owns the session; null if this server does not know its callers. */
  readonly owner: string | null;
  /**
   * Requests that are not answered yet, including open event streams. A session that has one is never closed for
   * silence.
   */
  open: number;
  /**
   * Messages under way. A session without one may be closed to make room, because an open event stream alone does no
   * work.
   */
  busy: number;
  idle: NodeJS.Timeout | undefined;
}

/** How many sessions one known caller may have. */
function mostOfOne({ max }: SessionLimits): number {
  return Math.max(1, Math.ceil(max / 2));
}

/** Who sends a request, as the gate in front of the sessions has put it there; null if it knows no callers. */
function ownerOf({ auth }: GateRequest): string | null {
  return signedInBy(auth)?.id ?? null;
}

/** Sessions for clients older than 2026-07-28. The server asks questions on the stream of the session. */
export function createSessions(
  factory: McpServerFactory,
  { log, limits = SESSION_LIMITS }: { readonly log: Log; readonly limits?: SessionLimits },
): Sessions {
  // Ordered by last use, oldest first.
  const sessions = new Map<string, Session>();
  let starting = 0;

  async function open(owner: string | null): Promise<NodeStreamableHTTPServerTransport> {
    const server = await factory({ era: "legacy" });
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized(id) {
        sessions.set(id, {
          transport,
          close: () => server.close(),
          owner,
          open: 0,
          busy: 0,
          idle: undefined,
        });
        watch(id);
      },
    });
    await server.connect(transport);
    // The MCP server has set a listener already. This listener must call it first.
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

  // True if there is room. If there is none, it closes the session that was idle longest, of the owner with the most
  // sessions. So one owner cannot keep the others out.
  async function makeRoom(owner: string | null): Promise<boolean> {
    const own = [...sessions].filter(([, session]) => session.owner === owner);
    const isFull = sessions.size + starting >= limits.max;
    if (!isFull && (owner === null || own.length < mostOfOne(limits))) return true;
    const owners = [...sessions.values()].map((session) => session.owner);
    const count = (each: string | null) => owners.filter((other) => other === each).length;
    const idle = [...(isFull ? sessions : own)].filter(([, { busy }]) => busy === 0);
    const most = Math.max(...idle.map(([, session]) => count(session.owner)));
    const candidates = idle.filter(([, session]) => count(session.owner) === most);
    // A session whose client has left no stream open is closed first.
    const oldest = candidates.find(([, { open }]) => open === 0) ?? candidates[0];
    if (oldest === undefined) return false;
    await end(oldest[0], "to make room for another");
    return true;
  }

  function use(id: string, session: Session, { method }: IncomingMessage, response: ServerResponse): void {
    sessions.delete(id);
    sessions.set(id, session);
    clearTimeout(session.idle);
    const busy = method === "POST" ? 1 : 0;
    session.open += 1;
    session.busy += busy;
    response.once("close", () => {
      session.open -= 1;
      session.busy -= busy;
      if (session.open === 0) watch(id);
    });
  }

  async function start(request: GateRequest, response: ServerResponse, body: unknown): Promise<void> {
    const owner = ownerOf(request);
    if (!(await makeRoom(owner))) {
      response.setHeader("Retry-After", "60");
      refuse(response, 503, "Too many sessions are in use.");
      return;
    }
    starting += 1;
    try {
      const transport = await open(owner);
      await transport.handleRequest(request, response, body);
      // A refused handshake makes no session, so the transport must be closed here.
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
      // A session of another person gets the same answer as a session that does not exist.
      if (session === undefined || session.owner !== ownerOf(request))
        return refuse(response, 404, "Session not found.");
      // After a drop that the server did not see, the client opens its stream again. The new stream is then used.
      if (request.method === "GET") session.transport.closeStandaloneSSEStream();
      use(id, session, request, response);
      await session.transport.handleRequest(request, response, body);
    },
    count: () => sessions.size,
    async close() {
      await Promise.all([...sessions.keys()].map((id) => end(id, "the server stops")));
    },
  };
}
