import { LONGEST_PAUSE_MS } from "../../domain/budget.ts";
import { objectOf } from "./parse.ts";
import { type Access, header, type Outcome } from "./request.ts";

export type NextAttempt =
  | { readonly kind: "done" }
  /**
   * `pauseMs`: the upstream refused because of too many requests, so the budgets that it names pause for this long.
   */
  | { readonly kind: "retry"; readonly afterMs: number; readonly pauseMs: number }
  | { readonly kind: "fail"; readonly pauseMs: number };

/**
 * The most attempts, the first one included. A refusal because of too many requests was certainly not applied, so
 * such a request may be tried more often.
 */
export const ATTEMPTS = { limited: 6, other: 4 } as const;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
/** If the wait is longer than this, the caller gets the error and waits. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * What follows an attempt. `attempt` counts from 1, `random` is in [0, 1), `now` is milliseconds since 1970. The wait
 * grows exponentially with full jitter. Retry-After (RFC 9110 section 10.2.3) is the shortest wait. If it is over a
 * minute, the caller gets the error instead of waiting.
 */
export function nextAttempt(
  outcome: Outcome,
  access: Access,
  attempt: number,
  random: number,
  now: number,
): NextAttempt {
  const asked = retryAfterMs(header(outcome, "retry-after"), now) ?? 0;
  const backoff = Math.floor(random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt));
  const afterMs = asked + backoff;
  if (outcome.kind === "reply" && outcome.status === 429) {
    const again = attempt < ATTEMPTS.limited && asked <= LONGEST_RETRY_AFTER_MS;
    return again ? { kind: "retry", afterMs, pauseMs: afterMs } : { kind: "fail", pauseMs: afterMs };
  }
  if (isDone(outcome, access)) return { kind: "done" };
  const again = attempt < ATTEMPTS.other && asked <= LONGEST_RETRY_AFTER_MS && mayRepeat(outcome, access);
  return again ? { kind: "retry", afterMs, pauseMs: 0 } : { kind: "fail", pauseMs: 0 };
}

/** For a write, the status is enough to know the result. A read also needs its body. */
function isDone(outcome: Outcome, access: Access): boolean {
  if (outcome.kind === "oversized") return access === "write" && outcome.status < 300;
  if (outcome.kind !== "reply" || outcome.status >= 300) return false;
  return outcome.text !== null || access === "write";
}

/** Whether another attempt could help and cannot make a write twice. */
function mayRepeat(outcome: Outcome, access: Access): boolean {
  if (outcome.kind === "unsent") return true;
  if (access === "write" || outcome.kind === "oversized") return false;
  return outcome.kind === "lost" || outcome.text === null || isTransient(outcome.status);
}

/**
 * Statuses that another attempt may change. 449 from Trello means that a sub-request failed. It is in this list for
 * replies that do not say with which status.
 */
export function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 449;
}

/**
 * The refusal inside a 449 (Trello: status codes): a part of a GET failed with `originalStatus`. For a write, the
 * outcome stays open, because perhaps only its answer failed.
 */
export function originalOutcome(outcome: Outcome, access: Access): Outcome {
  if (access === "write" || outcome.kind !== "reply" || outcome.status !== 449) return outcome;
  const { originalStatus, originalMessage: text } = objectOf(outcome.text);
  // Some replies of Trello have numbers as text.
  const status = typeof originalStatus === "string" ? Number(originalStatus) : originalStatus;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 400 || status > 599) return outcome;
  return { ...outcome, status, text: typeof text === "string" ? text : "" };
}

/**
 * A Retry-After header (seconds or an HTTP date) in milliseconds from `now`, at most 15 minutes; null if it is
 * neither.
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? null : Math.min(LONGEST_PAUSE_MS, Math.max(0, ms));
}
