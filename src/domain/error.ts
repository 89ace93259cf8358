/** The codes of all errors. A code never changes its meaning. The error's message gives the details. */
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

/** Whether Trello or Atlassian made the change that the caller asked for, although the call ended with an error. */
export type Applied = "no" | "yes" | "unknown";

/**
 * When the caller can try again.
 * - `corrected`: with other arguments, as `next` says.
 * - `replan`: after a new plan was made.
 * - `reconcile`: after the caller has read the present state.
 * - `resume`: by continuing the run.
 */
export type Retry = "never" | "corrected" | "later" | "replan" | "reconcile" | "resume";

export interface AppErrorFacts {
  /** The next step for the caller, in one sentence. */
  readonly next: string;
  readonly applied?: Applied;
  readonly retry?: Retry;
  /**
   * Facts for the structured answer, such as candidates, a new plan, or the guard that refused. They never contain a
   * secret. Text from Trello or Atlassian must be cleaned first.
   */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The codes of errors that the caller can correct with other arguments. */
const CORRECTABLE: ReadonlySet<ErrorCode> = new Set(["INPUT_INVALID", "NOT_FOUND", "AMBIGUOUS"]);

/**
 * The error class of this program. Any other thrown value is a defect of this program, which the caller sees as
 * INTERNAL.
 */
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
 * Turns any thrown value into an AppError. If the value is a defect, its cause goes to the log and not into the
 * message.
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

/** Returns what `find` returns; null if `find` throws NOT_FOUND. */
export async function nullIfNotFound<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
    throw thrown;
  }
}

/** An error in the form in which the journal of a run stores it. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** The next step; null if the error has none. */
  readonly next: string | null;
}

export function storedFailure({ code, message, next }: AppError): StoredFailure {
  return { code, message, next };
}

/** An error as `CODE: message`, without the next step. */
export function reasonOf({ code, message }: StoredFailure): string {
  return `${code}: ${message}`;
}

/** An error in one text for people and agents: `CODE: message Next: what to do`. */
export function sentenceOf(failure: StoredFailure): string {
  const ended = /[.!?]$/u.test(failure.message) ? reasonOf(failure) : `${reasonOf(failure)}.`;
  return failure.next === null ? ended : `${ended} Next: ${failure.next}`;
}

/**
 * Whether the error may disappear by itself, so that trying again can help. A reply in a wrong form counts too, because
 * it may be an error page of a proxy.
 */
export function isTemporary({ code, retry }: AppError): boolean {
  return retry === "later" || code === "UPSTREAM_CONTRACT";
}
