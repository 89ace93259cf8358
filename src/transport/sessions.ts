import { createHash, randomUUID } from "node:crypto";
import type { Request as HttpRequest, Response as HttpResponse } from "express";
import {
  INVALID_REQUEST,
  type InitializeRequest,
  isInitializeRequest,
  type McpServerFactory,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import type { ClientSessions, SessionLimits } from "../domain/client-session.ts";
import { toAppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { Log } from "../domain/runtime.ts";
import { clean } from "../domain/text.ts";
import { signedInBy } from "../server/call/identity.ts";
import type { GateRequest } from "./gate.ts";
import { createPosts, messagesOf } from "./posts.ts";
import { refusal, refuse, RETRY, storeText } from "./refusal.ts";
import { resume } from "./resuming.ts";
import { createStreams } from "./streams.ts";
import { createWaiting } from "./waiting.ts";

const SESSION_LIMITS: SessionLimits = { max: 200, idleMs: 30 * 60_000 };
/**
 * How long (ms) a session lives if no second request comes. The time is short, because some clients start a new session
 * for each call.
 */
const FIRST_LIFE_MS = 120_000;
/** At the handshake, a client may say at most this many characters about itself, because the text is stored. */
const LONGEST_INITIALIZE = 16_000;
/** The error code that tells a client to do the handshake again. */
const SESSION_NOT_FOUND = -32001;

export interface Sessions {
  /**
   * Answers one HTTP request of a client with a protocol version before 2026-07-28. `body`: the JSON in the body of a
   * POST.
   */
  handle(request: HttpRequest & GateRequest, response: HttpResponse, body: unknown): Promise<void>;
  /** The number of sessions in the store. */
  count(): Promise<number>;
  /**
   * Ends all answers that this process is sending. The sessions stay in the store, because their clients can use
   * another process.
   */
  close(): Promise<void>;
}

export interface SessionsDeps {
  readonly store: ClientSessions;
  readonly log: Log;
  readonly limits?: SessionLimits | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** How often (ms) this process looks in the store for messages of its clients that another process received. */
  readonly lookMs: number;
}

/**
 * Sessions of clients with a protocol version before 2026-07-28. They are in the store, so any process with that store
 * can answer.
 */
export function createSessions(factory: McpServerFactory, deps: SessionsDeps): Sessions {
  const { store, log, limits = SESSION_LIMITS, lookMs } = deps;
  const { idleMs } = limits;
  const now = () => new Date((deps.now ?? Date.now)()).toISOString();
  const work = new Set<Promise<void>>();
  const waiting = createWaiting({ store, idleMs, lookMs, now, background });
  const posts = createPosts(factory, { store, waiting, now, background, begin });
  const streams = createStreams({
    holdEveryMs: idleMs / 3,
    hold: (sessions) => store.hold("stream", sessions, { holdMs: idleMs, idleMs, now: now() }),
    ended: (session) => background(() => store.release("stream", session)),
    background,
  });

  function background(run: () => Promise<void>): void {
    const running = run()
      .catch((thrown: unknown) => {
        const { code, message } = toAppError(thrown);
        log("warn", { code, reason: message }, "the state of MCP sessions could not be read or written");
      })
      .finally(() => work.delete(running));
    work.add(running);
  }

  async function handle(
    request: HttpRequest & GateRequest,
    response: HttpResponse,
    body: unknown,
  ): Promise<void> {
    const id = request.headers["mcp-session-id"];
    const isHandshake = messagesOf(body).some((message) => isInitializeRequest(message));
    if (isHandshake && (id !== undefined || Array.isArray(body)))
      return refuse(
        response,
        400,
        "`initialize` must be the only message, and there must be no session yet.",
        INVALID_REQUEST,
      );
    if (typeof id !== "string") {
      // A client without a session is answered too, but the server cannot ask that client questions.
      if (request.method !== "POST") return refuse(response, 400, "Mcp-Session-Id header is required.");
      const first = { id: isHandshake ? randomUUID() : null, key: null, initialize: null };
      return await posts.answer(request, response, body, first);
    }
    const key = keyOf(id);
    const session = await store.use(key, ownerOf(request), { idleMs, now: now() });
    // For a session of another person, the answer is the same as for a session that does not exist. So nobody learns
    // which sessions other people have.
    if (session === null) return refuse(response, 404, "Session not found.", SESSION_NOT_FOUND);
    if (request.method === "POST") {
      // The handshake from the store is passed to the SDK without a new check, because it was accepted when the session
      // began.
      const initialize = session.initialize as InitializeRequest["params"];
      return await posts.answer(request, response, body, { id, key, initialize });
    }
    const version = request.headers["mcp-protocol-version"];
    if (version !== undefined && !SUPPORTED_PROTOCOL_VERSIONS.includes(String(version)))
      return refuse(response, 400, `This server does not speak version ${clean(String(version), 20)}.`);
    if (request.method === "GET") {
      if (!request.headers.accept?.includes("text/event-stream"))
        return refuse(response, 406, "A client that opens a stream must accept text/event-stream.");
      const lastEvent = request.headers["last-event-id"];
      if (!lastEvent) return await streams.open(key, id, response);
      const { keep } = posts;
      const resuming = { store, session: key, sessionId: id, lastEvent: String(lastEvent), keep, lookMs };
      return await resume(response, resuming);
    }
    if (request.method !== "DELETE") return refuse(response, 405, "Use POST, GET or DELETE.");
    await store.end(key);
    streams.end(key);
    await waiting.end(key);
    response.writeHead(200).end();
  }

  /** Stores a new session. If that is not possible, returns the error for the client. */
  async function begin(
    id: string,
    request: GateRequest,
    { protocolVersion, capabilities, clientInfo }: InitializeRequest["params"],
  ): Promise<Response | null> {
    const { name, version } = clientInfo;
    const initialize = { protocolVersion, capabilities, clientInfo: { name, version } } as unknown as Json;
    if (JSON.stringify(initialize).length > LONGEST_INITIALIZE)
      return refusal(
        413,
        "The `initialize` message is too long: what the client says about itself must be shorter.",
      );
    const isOpen = await store.open(
      keyOf(id),
      { owner: ownerOf(request), initialize },
      { max: limits.max, lifeMs: Math.min(FIRST_LIFE_MS, idleMs), busy: waiting.busy(), now: now() },
    );
    return isOpen ? null : refusal(503, "Too many sessions are in use.", RETRY);
  }

  return {
    async handle(request, response, body) {
      try {
        await handle(request, response, body);
      } catch (thrown) {
        const text = storeText(thrown);
        response.setHeader("Retry-After", RETRY["retry-after"]);
        refuse(response, 503, text);
      }
    },
    count: () => store.count(now()),
    async close() {
      streams.close();
      waiting.close();
      await posts.close();
      while (work.size > 0) await Promise.all(work);
    },
  };
}

/** The signed-in person who sends a request; null if this server does not know its callers. */
function ownerOf({ auth }: GateRequest): string | null {
  const person = signedInBy(auth);
  // A person may belong to several tenants, but a session belongs to only one tenant. So the name of a session's owner
  // contains the tenant.
  return person?.tenant === undefined ? (person?.id ?? null) : `${person.tenant} ${person.id}`;
}

/**
 * The name under which a session is stored. It is a hash of the session's id, because the id is the client's secret.
 */
function keyOf(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
