/** What went wrong, as a stable code. The code that answers the caller turns it into one sentence. */
export type ErrorCode =
  | "INPUT_INVALID"
  | "NOT_FOUND"
  | "AMBIGUOUS"
  | "POLICY_DENIED"
  | "UPSTREAM_FORBIDDEN"
  | "CONFLICT"
  | "PLAN_STALE"
  | "CONFIRMATION_DECLINED"
  | "CONFIRMATION_PENDING"
  | "CONFIRMATION_EXPIRED"
  | "RATE_LIMITED"
  | "UPSTREAM_UNAVAILABLE"
  | "OUTCOME_UNKNOWN"
  | "PARTIALLY_APPLIED"
  | "UPSTREAM_CONTRACT"
  | "UNAUTHENTICATED"
  | "CONFIG_INVALID"
  | "STORE_FAILED"
  | "INTERNAL";

/** Whether the write that failed took effect upstream. */
export type Applied = "no" | "yes" | "unknown";

/**
 * When trying again helps. `corrected`: with other arguments, as `next` says. `replan`: after a new plan. `reconcile`: after reading the state. `resume`: by continuing
 * the run.
 */
export type Retry = "never" | "corrected" | "later" | "replan" | "reconcile" | "resume";

export interface AppErrorFacts {
  /** What to do next, in one sentence for the caller. */
  readonly next: string;
  readonly applied?: Applied;
  readonly retry?: Retry;
  /**
   * Facts for structured content: candidates, a new plan, the guard that refused. Never secrets, and never text from
   * upstream.
   */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The codes of calls that succeed with other arguments. */
const CORRECTABLE: ReadonlySet<ErrorCode> = new Set(["INPUT_INVALID", "NOT_FOUND", "AMBIGUOUS"]);

/** The one error of the product. Any other thrown value is a defect and reaches the caller as INTERNAL. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly next: string;
  readonly applied: Applied;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, facts: AppErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.next = facts.next;
    this.applied = facts.applied ?? "no";
    this.retry = facts.retry ?? (CORRECTABLE.has(code) ? "corrected" : "never");
    this.details = facts.details ?? {};
  }
}

/**
 * Turns any thrown value into an AppError. For a defect, the cause goes to the log and the message does not show the
 * cause.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("INTERNAL", "Something went wrong inside the server.", {
    next: "Look at the server log for the cause, then try again.",
    applied: "unknown",
    retry: "reconcile",
    cause: thrown,
  });
}

/** What was found; null if the answer is NOT_FOUND. */
export async function nullIfNotFound<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
    throw thrown;
  }
}

/** A failure in the form that the journal stores. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** null if the error has no next step. */
  readonly next: string | null;
}

export function storedFailure({ code, message, next }: AppError): StoredFailure {
  return { code, message, next };
}

/** `CODE: message` of a failure, without the next step. */
export function reasonOf({ code, message }: StoredFailure): string {
  return `${code}: ${message}`;
}

/** A failure for people and agents: `CODE: message Next: what to do`. */
export function sentenceOf(failure: StoredFailure): string {
  const ended = /[.!?]$/u.test(failure.message) ? reasonOf(failure) : `${reasonOf(failure)}.`;
  return failure.next === null ? ended : `${ended} Next: ${failure.next}`;
}

/**
 * Whether the failure may end by itself, so that trying again can help. A reply of the wrong shape may also be
 * temporary, such as an error page of a proxy.
 */
export function isTemporary({ code, retry }: AppError): boolean {
  return retry === "later" || code === "UPSTREAM_CONTRACT";
}
