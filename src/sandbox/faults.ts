import type { Reply, Upstream } from "./route.ts";

export type FaultKind =
  | "429"
  | "500"
  | "503"
  | "slow"
  | "reset_before"
  | "reset_after"
  | "wrong_body"
  | "truncated";

/** Something that goes wrong once, or every time, on an operation. */
export interface Fault {
  /** A route's name, or `*` for any request (unknown paths included). */
  readonly operation: string;
  /** Which request to that operation, from 1, counted since the start or the last `resetRequests()`. */
  readonly attempt: number | "every";
  readonly kind: FaultKind;
  /** How long `slow` waits before the request is handled; 1,000 by default. */
  readonly ms?: number;
}

/** A live array: what is pushed while the sandbox runs counts from the next request on. */
export type FaultSchedule = Fault[];

export interface FaultCounter {
  /** Counts one request to an operation and says which faults strike it. */
  strike(operation: string | null): readonly Fault[];
  reset(): void;
}

/** Counts requests by operation, against a schedule that may grow. */
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

/** The reply that a fault gives instead of handling the request, if it is of such a kind. */
export function faultReply(faults: readonly Fault[], upstream: Upstream): Reply | null {
  for (const { kind } of faults) {
    if (kind === "429") return rateLimited(upstream);
    if (kind === "500") return broken(500, "Internal server error", upstream);
    if (kind === "503") return broken(503, "Service temporarily unavailable", upstream);
  }
  return null;
}

function rateLimited(upstream: Upstream): Reply {
  return upstream === "trello"
    ? { status: 429, body: { error: "API_TOKEN_LIMIT_EXCEEDED", message: "Rate limit exceeded" } }
    : { status: 429, body: { code: 429, message: "Too many requests" } };
}

function broken(status: number, message: string, upstream: Upstream): Reply {
  return upstream === "trello" ? { status, text: message } : { status, body: { code: status, message } };
}

/** A well-formed reply of the wrong shape, for `wrong_body`. */
export function wrongBody(reply: Reply): Reply {
  return { status: reply.status, body: { unexpected: ["not", "what", "you", "asked", "for"] } };
}
