import { createServer } from "node:http";
import { toNodeHandler, toWebRequest } from "@modelcontextprotocol/node";
import {
  createMcpHandler,
  INVALID_REQUEST,
  isJsonContentType,
  isLegacyRequest,
} from "@modelcontextprotocol/server";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import type { ClientSessions, SessionLimits } from "../domain/client-session.ts";
import type { Log } from "../domain/runtime.ts";
import { WEBHOOK_PATH } from "../domain/webhook.ts";
import { errorHandler, jsonBody } from "./body.ts";
import { createDoor } from "./door.ts";
import { isTooDeep, readFrame } from "./frames.ts";
import type { Gate, GateRequest } from "./gate.ts";
import { isLoopback, listen, originOf, requireLoopback, requirePublicUrl } from "./listening.ts";
import { createMetricsRoute, type Metrics } from "./metrics.ts";
import { refuse } from "./refusal.ts";
import { createSessions } from "./sessions.ts";
import { createSubscriptions, type FollowableFactory } from "./subscriptions.ts";
import { createUnderway } from "./underway.ts";

export interface HttpDeps {
  readonly host: string;
  /** 0: the system chooses a port. */
  readonly port: number;
  readonly log: Log;
  /** Makes the gate, which checks who calls. `publicUrl`: returns the URL for clients, without `/mcp`. */
  readonly gate: (publicUrl: () => string) => Gate;
  /** The URL for clients, without `/mcp`; null: clients use the address on which the server listens. */
  readonly publicUrl?: string | null;
  /** The origins of web pages that may call, in addition to those of this machine. */
  readonly allowedOrigins?: readonly string[];
  /** The approval pages below `/approvals`; null if this server has none. */
  readonly pages?: RequestHandler | null;
  /** The receiver of Trello's webhooks; null if this server cannot check their signatures. */
  readonly webhooks?: RequestHandler | null;
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Whether the server can work now; the answer of `/readyz`. */
  ready(): Promise<boolean>;
  /**
   * Called while the server shuts down, when the time to finish calls is over. Calls that still wait for a person or a
   * run must then answer at once.
   */
  readonly hurry?: () => void;
  /** The answer of `/metrics`. If it is missing, there is no such path. */
  readonly metrics?: Metrics;
  /**
   * The store for sessions of clients with an older protocol version. All servers with the same store can answer every
   * session.
   */
  readonly store: ClientSessions;
  readonly sessions?: SessionLimits;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly times?: Partial<HttpTimes>;
}

/**
 * Three durations in ms:
 * - how long a whole request may take to arrive;
 * - how long calls may take to end after the server was told to stop;
 * - how long the server waits between two searches for messages that reached another server.
 */
export interface HttpTimes {
  readonly arriveMs: number;
  readonly drainMs: number;
  readonly lookMs: number;
}

export interface RunningHttp {
  /** The URL of MCP, for example `http://127.0.0.1:8723/mcp`. */
  readonly url: string;
  /** Accepts no new request, waits for the present answers, and closes all sessions, streams and connections. */
  close(): Promise<void>;
}

/**
 * How long (ms) an unused connection stays open. Most proxies and clients close it after a minute. If this server
 * closed it first, a request could arrive on a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 75_000;
/** How long (ms) calls may take to send their answers after `hurry` has told them to answer at once. */
const HURRY_MS = 3_000;
const TIMES: HttpTimes = { arriveMs: 30_000, drainMs: 20_000, lookMs: 500 };

/**
 * Serves MCP over Streamable HTTP at `/mcp`, in all protocol versions, and also `/healthz` and `/readyz`. Throws
 * CONFIG_INVALID if the address cannot be used, or if other machines could reach a server that does not know who calls.
 */
export async function startHttp(factory: FollowableFactory, deps: HttpDeps): Promise<RunningHttp> {
  const { log, publicUrl = null } = deps;
  const times = { ...TIMES, ...deps.times };
  const gate = deps.gate(() => publicUrl ?? originOf(server));
  if (gate.knowsCallers) requirePublicUrl(deps.host, publicUrl);
  else requireLoopback(deps.host);
  const onerror = (error: Error) => log("warn", { err: error }, "MCP request refused");
  const subscriptions = createSubscriptions(factory, deps.now ?? Date.now);
  const handler = createMcpHandler(factory, { legacy: "reject", onerror, bus: subscriptions.bus });
  const modern = toNodeHandler(handler, { onerror });
  const sessions = createSessions(factory, {
    store: deps.store,
    log,
    limits: deps.sessions,
    now: deps.now,
    lookMs: times.lookMs,
  });
  const calls = createUnderway();
  const streams = createUnderway();
  let isStopping = false;

  async function letIn(request: Request & GateRequest, response: Response, next: () => void): Promise<void> {
    if (await gate.admit(request, response)) next();
  }

  async function serve(request: Request & GateRequest, response: Response): Promise<void> {
    if (isTooDeep(request.body))
      return refuse(response, 400, "The message is nested too deeply.", INVALID_REQUEST);
    const body = readFrame(request.body);
    if (request.method === "POST" && !isJsonContentType(request.headers["content-type"])) {
      return refuse(response, 415, "Content-Type must be application/json.");
    }
    const legacy = await isLegacyRequest(await toWebRequest(request, body), body);
    if (!(await gate.permit(request, response, { body, legacy }))) return;
    (isStream(request.method, body) ? streams : calls).add(response);
    if (legacy) return await sessions.handle(request, response, body);
    await subscriptions.run(request.auth, () => modern(request, response, body));
  }

  const app = createApp({ ...deps, ready: async () => !isStopping && (await deps.ready()) });
  app.use("/mcp", (_request, response, next) => {
    // The header `X-Accel-Buffering` tells proxies to pass on each part of an answer at once. Otherwise questions and
    // progress would arrive too late.
    response.setHeader("X-Accel-Buffering", "no");
    if (isStopping) response.setHeader("Connection", "close");
    next();
  });
  app.all(
    "/mcp",
    (request, response, next) => letIn(request, response, next),
    ...jsonBody(),
    (request, response) => serve(request, response),
  );
  app.get(metadataPaths(publicUrl), async (_request, response, next) => {
    const metadata = await gate.metadata();
    if (metadata === null) return next();
    response.json(metadata);
  });
  if (deps.metrics) app.get("/metrics", createMetricsRoute(deps.metrics, sessions.count));
  if (deps.pages) app.use("/approvals", deps.pages);
  app.use((_request, response) => refuse(response, 404, "There is nothing at this address. MCP is at /mcp."));
  app.use(errorHandler(log));

  const server = createServer(
    {
      requestTimeout: times.arriveMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // The time for the headers is as long as for the whole request. With a shorter time, a very busy server, which
      // reads the headers late, would take a fast client for a slow one.
      headersTimeout: times.arriveMs,
      connectionsCheckingInterval: Math.min(times.arriveMs, 5000),
    },
    app,
  );
  await listen(server, deps);
  return {
    url: `${originOf(server)}/mcp`,
    async close() {
      isStopping = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      streams.end();
      await calls.settled(times.drainMs);
      if (deps.hurry) {
        deps.hurry();
        await calls.settled(HURRY_MS);
      }
      await Promise.all([sessions.close(), handler.close()]);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whether the answer is a stream without an end. A server that stops does not wait for such a stream. */
function isStream(method: string, body: unknown): boolean {
  if (method === "GET") return true;
  return (
    typeof body === "object" && body !== null && "method" in body && body.method === "subscriptions/listen"
  );
}

/**
 * The paths at which clients look for the document about this server (RFC 9728 section 3.1), with and without the path
 * of MCP.
 */
function metadataPaths(publicUrl: string | null): string[] {
  const root = "/.well-known/oauth-protected-resource";
  const path = publicUrl === null ? "" : new URL(publicUrl).pathname.replace(/\/$/, "");
  return [...new Set([root, `${root}/mcp`, `${root}${path}`, `${root}${path}/mcp`])];
}

function createApp(deps: HttpDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", [...(deps.trustedProxies ?? [])]);
  const { host, publicUrl = null, allowedOrigins = [] } = deps;
  if (deps.webhooks) app.use(WEBHOOK_PATH, deps.webhooks);
  app.use(createDoor({ host, beyondLoopback: !isLoopback(host), publicUrl, allowedOrigins }));
  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.get("/readyz", async (_request, response) => {
    const ok = await deps.ready();
    response.status(ok ? 200 : 503).json({ status: ok ? "ready" : "not ready" });
  });
  return app;
}
