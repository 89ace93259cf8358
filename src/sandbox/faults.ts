import { TOO_MANY_CARDS } from "./route.ts";
import type { Reply, Upstream } from "./route.ts";
import { tooManyAt } from "./vendors/reply.ts";

export type FaultKind =
  | "403_size"
  | "409"
  | "429"
  | "449"
  | "500"
  | "503"
  | "504"
  | "html"
  | "empty"
  | "slow"
  | "reset_before"
  | "reset_after"
  | "wrong_body"
  | "truncated";

/** Something that goes wrong on an operation, once or every time. */
export interface Fault {
  /** A route's name, or `*` for any request (unknown paths included). */
  readonly operation: string;
  /** Which request to that operation, from 1, counted since the start or the last `resetRequests()`. */
  readonly attempt: number | "every";
  readonly kind: FaultKind;
  /** How long `slow` waits before the request is handled; 1,000 by default. */
  readonly ms?: number;
  /** The status of an `html` or `empty` reply, 502 by default, and the `originalStatus` of a 449, 401 by default. */
  readonly status?: number;
  /** The value of a Retry-After header, sent unchanged. */
  readonly retryAfter?: string;
  /** The code of a Trello 429 or 409; a 429 has `API_TOKEN_LIMIT_EXCEEDED` by default. */
  readonly error?: string;
  /** The request is handled, and only its answer is replaced, as if a gateway had given up waiting. */
  readonly handled?: boolean;
}

/** A live array: faults that are pushed while the sandbox runs apply from the next request on. */
export type FaultSchedule = Fault[];

export interface FaultCounter {
  /** Counts one request to an operation and says which faults apply to it. */
  strike(operation: string | null): readonly Fault[];
  reset(): void;
}

interface Target {
  readonly upstream: Upstream;
  readonly path: string;
}

/** Counts requests by operation and compares them with a schedule that may grow. */
export function createFaultCounter(schedule: FaultSchedule): FaultCounter {
  const counts = new Map<string, number>();
  const next = (key: string) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
  return {
    strike(operation) {
      const any = next("*");
      const own = operation === null ? 0 : next(operation);
      return schedule.filter((fault) => {
        const count = fault.operation === "*" ? any : fault.operation === operation ? own : 0;
        return count > 0 && (fault.attempt === "every" || fault.attempt === count);
      });
    },
    reset: () => counts.clear(),
  };
}

/**
 * The answer to a request with its faults. `handle` is called unless a fault answers instead. It is also called if only
 * its answer is lost.
 */
export async function struck(
  faults: readonly Fault[],
  target: Target,
  handle: () => Promise<Reply>,
): Promise<Reply> {
  for (const fault of faults) {
    const reply = replyOf(fault, target);
    if (!reply) continue;
    if (fault.handled) await handle();
    return fault.retryAfter === undefined
      ? reply
      : { ...reply, headers: { ...reply.headers, "retry-after": fault.retryAfter } };
  }
  const reply = await handle();
  return faults.some((fault) => fault.kind === "wrong_body") ? wrongBody(reply) : reply;
}

/** The reply that a fault gives instead of the request's handler, if the fault is of that kind. */
function replyOf(fault: Fault, target: Target): Reply | null {
  const { kind, status } = fault;
  if (kind === "429") return rateLimited(target, fault.error ?? "API_TOKEN_LIMIT_EXCEEDED");
  if (kind === "500") return broken(500, "Internal server error", target);
  if (kind === "503") return broken(503, "Service temporarily unavailable", target);
  if (kind === "504") return gatewayPage(504, "Gateway Timeout");
  if (kind === "html")
    return gatewayPage(status ?? 502, status === 200 ? "Sign in to continue" : "Bad Gateway");
  if (kind === "empty") return { status: status ?? 502 };
  if (kind === "449") return partFailed(status ?? 401);
  if (kind === "403_size") return TOO_MANY_CARDS;
  if (kind === "409") return conflict(target, fault.error);
  return null;
}

const SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

/**
 * Each Atlassian API has its own error shape: SCIM errors, a list of errors in v2, and the proxy's shape in front of
 * v1.
 */
function refused(status: number, message: string, path: string): Reply {
  if (path.startsWith("/scim/")) {
    const body = { schemas: [SCIM_ERROR], status: String(status), detail: message };
    return { status, body, headers: { "content-type": "application/scim+json;charset=utf-8" } };
  }
  if (!path.startsWith("/admin/v2/")) return { status, body: { code: status, message } };
  const code = `ADMIN-${status}-1`;
  return {
    status,
    body: {
      errors: [{ id: code.toLowerCase(), status: String(status), code, title: message, detail: message }],
    },
  };
}

function rateLimited({ upstream, path }: Target, error: string): Reply {
  if (upstream === "vendors") return tooManyAt(path);
  return upstream === "trello"
    ? { status: 429, body: { error, message: "Rate limit exceeded" } }
    : refused(429, "Too many requests", path);
}

function broken(status: number, message: string, { upstream, path }: Target): Reply {
  return upstream === "trello" ? { status, text: message } : refused(status, message, path);
}

/** Trello's page of status codes lists it and says nothing about its body. */
function conflict({ upstream, path }: Target, error = "CONFLICT"): Reply {
  return upstream === "trello"
    ? { status: 409, body: { error, message: "The request conflicts with another one" } }
    : refused(409, "Conflict", path);
}

/**
 * One part of a GET with nested parts failed. `originalStatus` is the status that counts (Trello's announcement of
 * 449).
 */
function partFailed(originalStatus: number): Reply {
  const originalMessage = originalStatus === 401 ? "Unauthorized" : "Failed";
  return { status: 449, body: { path: "boards", originalMessage, originalStatus } };
}

/** A page of a proxy in front of the upstream. */
function gatewayPage(status: number, title: string): Reply {
  return {
    status,
    text: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
    headers: { "content-type": "text/html; charset=utf-8" },
  };
}

/** A well-formed reply with the wrong shape, for `wrong_body`. */
function wrongBody(reply: Reply): Reply {
  return { status: reply.status, body: { unexpected: ["not", "what", "you", "asked", "for"] } };
}
