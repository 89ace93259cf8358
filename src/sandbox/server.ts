import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import type { Express, NextFunction, Request, Response } from "express";
import { batchUrls, createDispatch } from "./dispatch.ts";
import type { DispatchOptions } from "./dispatch.ts";
import { struck } from "./faults.ts";
import type { Fault } from "./faults.ts";
import type { Incoming, Method, Upstream } from "./route.ts";
import { createWire, sendTruncated } from "./wire.ts";

/** One HTTP request that the sandbox received. */
export interface RequestRecord {
  /** The time of the request in milliseconds since 1970, by the sandbox's clock. */
  readonly at: number;
  readonly upstream: Upstream;
  readonly method: string;
  /** The path after the upstream's base URL, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The name of the operation; null if no operation has this path. */
  readonly operation: string | null;
  /** The status of the answer. null before the answer, or if the connection was closed instead. */
  status: number | null;
  /** The paths of the requests inside a `/batch`, with their queries. */
  readonly subrequests: readonly string[];
}

const BASES: readonly (readonly [Upstream, string])[] = [
  ["trello", "/trello/1"],
  ["atlassian", "/atlassian"],
  ["vendors", "/vendors"],
];

export type AppOptions = DispatchOptions & {
  readonly records: RequestRecord[];
  /** Called after each request that a handler has answered. */
  readonly answered: () => void;
  /** Aborted when the sandbox closes. A waiting request then ends. */
  readonly closing: AbortSignal;
};

/** The HTTP server of the sandbox. */
export function createApp(options: AppOptions): Express {
  const answer = createAnswer(options);
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(express.text({ type: () => true, limit: "5mb" }));
  app.use(answer);
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // The client has closed the connection, so an answer cannot be sent.
    if (response.headersSent || response.destroyed) response.destroy();
    else
      response.status(statusOf(error)).type("text/plain").send("sandbox: the request could not be handled");
  });
  return app;
}

function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === "object" && error !== null && "status" in error ? error.status : null;
  return typeof status === "number" ? status : 500;
}

/** Records a request, makes the failures that a test has planned for this kind of request, and gets the answer. */
function createAnswer(options: AppOptions): (request: Request, response: Response) => Promise<void> {
  const dispatch = createDispatch(options);
  const wire = createWire(options.world.wire);
  return async (request, response) => {
    // The Date header follows the sandbox's clock, like every other time in a reply.
    response.setHeader("date", new Date(options.world.now()).toUTCString());
    const located = locate(request);
    if (!located) {
      response
        .status(404)
        .type("text/plain")
        .send("This is the sandbox; see /trello/1, /atlassian and /vendors");
      return;
    }
    const incoming: Incoming = {
      ...located,
      method: request.method as Method,
      headers: request.headers,
      rawBody: typeof request.body === "string" ? request.body : "",
      url: new URL(request.originalUrl, `http://${request.headers.host ?? "127.0.0.1"}`),
    };
    const match = options.match(incoming.upstream, incoming.method, incoming.path);
    const record: RequestRecord = {
      at: options.world.now(),
      upstream: incoming.upstream,
      method: incoming.method,
      path: incoming.path,
      query: Object.fromEntries(incoming.query),
      operation: match?.route.name ?? null,
      status: null,
      subrequests: match?.route.name === "GET /batch" ? batchUrls(incoming.rawQuery) : [],
    };
    options.records.push(record);
    const faults = options.faults.strike(record.operation);
    const has = (kind: Fault["kind"]) => faults.some((fault) => fault.kind === kind);
    if (await waited(faults, options.closing)) return;
    if (has("reset_before")) {
      request.socket.resetAndDestroy();
      return;
    }
    const reply = await struck(faults, incoming, () => dispatch(incoming));
    options.answered();
    if (has("reset_after")) {
      request.socket.resetAndDestroy();
      return;
    }
    record.status = reply.status;
    if (has("truncated")) sendTruncated(response, reply);
    else wire.send(response, reply);
  };
}

/** Waits as long as the planned failures of the kind `slow` say. Returns true if the sandbox was closed meanwhile. */
async function waited(faults: readonly Fault[], signal: AbortSignal): Promise<boolean> {
  for (const { kind, ms } of faults) {
    // The request is handled even if the client has stopped waiting, because the real upstream does the same.
    if (kind === "slow") await sleep(ms ?? 1_000, undefined, { signal }).catch(() => undefined);
  }
  return signal.aborted;
}

function locate(request: Request): Pick<Incoming, "upstream" | "path" | "query" | "rawQuery"> | null {
  const [path, search] = splitOnce(request.originalUrl, "?");
  for (const [upstream, base] of BASES) {
    if (path === base || path.startsWith(`${base}/`)) {
      return {
        upstream,
        path: path.slice(base.length),
        query: new URLSearchParams(search),
        rawQuery: search,
      };
    }
  }
  return null;
}

function splitOnce(value: string, mark: string): [string, string] {
  const at = value.indexOf(mark);
  return at < 0 ? [value, ""] : [value.slice(0, at), value.slice(at + 1)];
}
