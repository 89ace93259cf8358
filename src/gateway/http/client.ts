import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import type { Redact } from "./redact.ts";
import type { Outcome } from "./request.ts";

/** One HTTP request that is ready to send. `path` includes the query, and everything in it is encoded. */
interface Wire {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /**
   * Aborts a request that was already sent. Only read requests have this signal: after an aborted write request, it
   * would be unknown whether the change was made.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called when everything is ready, directly before the first byte is sent. If it returns false, nothing is sent. */
  readonly mayLeave?: (() => boolean) | undefined;
}

export interface Http {
  /** Loads the HTTP library before a request is counted, so that the request is then sent at once. */
  ready(): Promise<void>;
  /** Sends a request once, without following redirects. Never rejects, because an error is a part of the result. */
  exchange(wire: Wire): Promise<Outcome>;
  /** Waits a short time for requests that were sent, and then aborts them. */
  close(): Promise<void>;
}

export interface HttpOptions {
  /** A request counts as lost if no reply begins within this time (ms). Trello itself gives up after 30 s. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

const CLOSE_GRACE_MS = 400;
const CONNECT_TIMEOUT_MS = 10_000;
const REPLY_TIMEOUT_MS = 35_000;
/** The largest reply that is read. A workspace with 10,000 people and 1,000 boards has about 8 MB. */
const MAX_REPLY_BYTES = 48 * 1024 * 1024;

/** Makes the HTTP client. It keeps connections to each host open and sends one request at a time on each. */
export function createHttp(redact: Redact, options: HttpOptions = {}): Http {
  const limitBytes = options.maxBytes ?? MAX_REPLY_BYTES;
  const timeoutMs = options.timeoutMs ?? REPLY_TIMEOUT_MS;
  const pools = new Map<string, Dispatcher>();
  // The HTTP library is loaded only when it is needed: loading takes about 80 ms, and a server that only lists its
  // tools does not need it.
  let loading: Promise<typeof import("undici")["default"]> | undefined;
  let closed = false;

  function load() {
    // undici is a CommonJS module. In a bundle, only the default export of such a module certainly exists, so the
    // default export is used.
    loading ??= import("undici").then((undici) => undici.default);
    return loading;
  }

  async function poolOf(origin: string): Promise<Dispatcher> {
    const { Pool } = await load();
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        pipelining: 1,
        connectTimeout: CONNECT_TIMEOUT_MS,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      pools.set(origin, pool);
    }
    return pool;
  }

  return {
    async ready() {
      await load();
    },
    async exchange(wire) {
      if (closed) return { kind: "unsent", cause: new Error("the gateway is closed") };
      const pool = await poolOf(wire.origin);
      const outcome = await dispatch(pool, wire, limitBytes);
      return "cause" in outcome ? { ...outcome, cause: plain(outcome.cause, redact) } : outcome;
    },
    async close() {
      closed = true;
      const all = [...pools.values()];
      pools.clear();
      // When this HTTP client closes, write requests that were already sent get a short time to finish, so that their
      // results become known.
      const done = Promise.all(all.map((pool) => pool.close()));
      const late = new AbortController();
      await Promise.race([
        done,
        sleep(CLOSE_GRACE_MS, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

function dispatch(pool: Dispatcher, wire: Wire, limitBytes: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let begun = false;
    let size = 0;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    let cut: (() => void) | undefined;
    const settle = (outcome: Outcome) => {
      if (cut) wire.signal?.removeEventListener("abort", cut);
      resolve(outcome);
    };
    try {
      pool.dispatch(
        { path: wire.path, method: wire.method, headers: { ...wire.headers }, body: wire.body },
        {
          // Called directly before the request is written. No byte of it was sent before.
          onRequestStart(controller) {
            if (wire.mayLeave && !wire.mayLeave()) {
              controller.abort(new Error("the request may no longer be sent"));
              return;
            }
            begun = true;
            if (!wire.signal) return;
            if (cut) wire.signal.removeEventListener("abort", cut);
            cut = () => controller.abort(new Error("cancelled"));
            wire.signal.addEventListener("abort", cut, { once: true });
          },
          onResponseStart(_controller, code, fields) {
            status = code;
            headers = fields;
          },
          onResponseData(controller, chunk) {
            size += chunk.length;
            if (size > limitBytes) {
              settle({ kind: "oversized", status, limitBytes });
              controller.abort(new Error("reply too large"));
            } else chunks.push(chunk);
          },
          onResponseEnd() {
            settle({ kind: "reply", status, headers, text: Buffer.concat(chunks).toString("utf8") });
          },
          onResponseError(_controller, cause) {
            if (!begun) settle({ kind: "unsent", cause });
            else if (status === 0) settle({ kind: "lost", cause });
            else settle({ kind: "reply", status, headers, text: null });
          },
        },
      );
    } catch (cause) {
      settle({ kind: "unsent", cause });
    }
  });
}

/**
 * An error reduced to its code and message. The rest is dropped, because some errors contain the request with its
 * credentials.
 */
function plain(cause: unknown, redact: Redact): Error {
  if (!(cause instanceof Error)) return new Error(redact(String(cause)));
  const code = "code" in cause && typeof cause.code === "string" ? `${cause.code}: ` : "";
  return new Error(redact(`${code}${cause.message}`));
}
