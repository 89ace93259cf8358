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

/** A planned failure of the sandbox at an operation, once or every time. */
export interface Fault {
  /** The name of the operation, or `*` for every request (unknown paths too). */
  readonly operation: string;
  /** Which request to the operation fails, counted from 1 since the start or the last `resetRequests()`. */
  readonly attempt: number | "every";
  readonly kind: FaultKind;
  /** For the failure `slow`: how many milliseconds the request waits before it is handled; 1,000 by default. */
  readonly ms?: number;
  /** The status of an `html` or `empty` reply (default 502), or the `originalStatus` of a 449 (default 401). */
  readonly status?: number;
  /** The value of the header Retry-After, sent as it is. */
  readonly retryAfter?: string;
  /** The error code of Trello's 429 or 409. Default for 429: `API_TOKEN_LIMIT_EXCEEDED`. */
  readonly error?: string;
  /**
   * True if the sandbox handles the request but replaces its answer, as if a proxy had stopped waiting for the answer.
   */
  readonly handled?: boolean;
}

/** The planned failures. A test can add more while the sandbox runs. */
export type FaultSchedule = Fault[];

export interface FaultCounter {
  /** Counts a request and returns the failures planned for it. */
  strike(operation: string | null): readonly Fault[];
  reset(): void;
}

interface Target {
  readonly upstream: Upstream;
  readonly path: string;
}

/** Counts the requests of each operation and compares them with the planned failures. */
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
 * Answers a request with its planned failures. `handle` makes the normal answer. If a failure has a reply of its own,
 * that reply is sent instead. `handle` is then called only if the failure has `handled`, and its answer is thrown away.
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

/**
 * The reply that a planned failure sends instead of the normal reply; null if this kind of failure sends no reply of
 * its own.
 */
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

/** A refusal in the form of the API: each Atlassian API has its own form of errors. */
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

/** The reply with status 409. Trello lists this status without describing its body. */
function conflict({ upstream, path }: Target, error = "CONFLICT"): Reply {
  return upstream === "trello"
    ? { status: 409, body: { error, message: "The request conflicts with another one" } }
    : refused(409, "Conflict", path);
}

/** Trello's 449: a part of a GET failed. `originalStatus` is the status of that part (Trello's announcement of 449). */
function partFailed(originalStatus: number): Reply {
  const originalMessage = originalStatus === 401 ? "Unauthorized" : "Failed";
  return { status: 449, body: { path: "boards", originalMessage, originalStatus } };
}

/** An error page of a proxy. */
function gatewayPage(status: number, title: string): Reply {
  return {
    status,
    text: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
    headers: { "content-type": "text/html; charset=utf-8" },
  };
}

/** A reply that is valid JSON but has the wrong form, for `wrong_body`. */
function wrongBody(reply: Reply): Reply {
  return { status: reply.status, body: { unexpected: ["not", "what", "you", "asked", "for"] } };
}
