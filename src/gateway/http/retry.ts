import { LONGEST_PAUSE_MS } from "../../domain/budget.ts";
import { objectOf } from "./parse.ts";
import { type Access, header, type Outcome } from "./request.ts";

export type NextAttempt =
  | { readonly kind: "done" }
  /** Set if the upstream answered "too many requests": the rate budgets then pause for this time (ms). */
  | { readonly kind: "retry"; readonly afterMs: number; readonly pauseMs: number }
  | { readonly kind: "fail"; readonly pauseMs: number };

/**
 * How often a request is tried at most, including the first try. After "too many requests", the change was certainly
 * not made, so more tries are safe.
 */
export const ATTEMPTS = { limited: 6, other: 4 } as const;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
/** If an upstream asks to wait longer than a minute, the caller gets the error at once. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Decides what to do after a try. `attempt`: the number of the try, from 1; `random`: from 0 to 1; `now`: milliseconds
 * since 1970.
 * The wait is the time in Retry-After (RFC 9110 section 10.2.3), plus a random time ("full jitter"). The longest random
 * time doubles with each try. If Retry-After is over a minute, the caller gets the error at once.
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

/**
 * Whether a try was successful. For a write, a status 2xx is enough. For a read, the body of the reply is needed too.
 */
function isDone(outcome: Outcome, access: Access): boolean {
  if (outcome.kind === "oversized") return access === "write" && outcome.status < 300;
  if (outcome.kind !== "reply" || outcome.status >= 300) return false;
  return outcome.text !== null || access === "write";
}

/** Whether another try can help without making a change twice. */
function mayRepeat(outcome: Outcome, access: Access): boolean {
  if (outcome.kind === "unsent") return true;
  if (access === "write" || outcome.kind === "oversized") return false;
  return outcome.kind === "lost" || outcome.text === null || isTransient(outcome.status);
}

/**
 * Whether another try may succeed. Trello's 449 is tried again: a part of the request failed, and the reply does not say
 * how. If the reply to a read says how, `originalOutcome` has already replaced 449 with that status.
 */
export function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 449;
}

/**
 * Trello's status 449 means that a part of the request failed. For a read, returns the status and text of that part, if
 * the reply contains them. The outcome of a write is returned unchanged. The write may have been made, because perhaps
 * only its answer failed.
 */
export function originalOutcome(outcome: Outcome, access: Access): Outcome {
  if (access === "write" || outcome.kind !== "reply" || outcome.status !== 449) return outcome;
  const { originalStatus, originalMessage: text } = objectOf(outcome.text);
  // Trello sometimes writes a number as a text.
  const status = typeof originalStatus === "string" ? Number(originalStatus) : originalStatus;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 400 || status > 599) return outcome;
  return { ...outcome, status, text: typeof text === "string" ? text : "" };
}

/**
 * Reads a Retry-After header (seconds or a date). Returns milliseconds from `now`, at most 15 minutes; null if the
 * header is neither.
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? null : Math.min(LONGEST_PAUSE_MS, Math.max(0, ms));
}
