/** What went wrong, as a stable code; the edge turns it into one sentence (DESIGN: errors). */
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

/** Whether the write behind the error took effect upstream. */
export type Applied = "no" | "yes" | "unknown";

/** When trying again makes sense: `replan` asks for a new plan, `reconcile` for reading first, `resume` for the run. */
export type Retry = "never" | "later" | "replan" | "reconcile" | "resume";

export interface AppErrorFacts {
  /** What to do next, one sentence for the caller. */
  readonly next: string;
  readonly applied?: Applied;
  readonly retry?: Retry;
  /** Facts for structured content: candidates, a new plan, the refusing guard. Never secrets, never upstream prose. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error of the product; everything else that is thrown is a defect and becomes INTERNAL at the edge. */
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
    this.retry = facts.retry ?? "never";
    this.details = facts.details ?? {};
  }
}

/** Any thrown value as an AppError; a defect keeps its cause for the log and shows nothing of it. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("INTERNAL", "Something went wrong inside the server.", {
    next: "Look at the server log for the cause, then try again.",
    applied: "unknown",
    retry: "reconcile",
    cause: thrown,
  });
}

/** What was found, or null if the answer is NOT_FOUND. */
export async function nullIfNotFound<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
    throw thrown;
  }
}

/** A failure as the journal keeps it. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** null if nothing was said. */
  readonly next: string | null;
}

export function storedFailure({ code, message, next }: AppError): StoredFailure {
  return { code, message, next };
}

/** `CODE: message` of a failure, without what to do about it. */
export function reasonOf({ code, message }: StoredFailure): string {
  return `${code}: ${message}`;
}

/** A failure for people and agents: `CODE: message Next: what to do`. */
export function sentenceOf(failure: StoredFailure): string {
  const ended = /[.!?]$/u.test(failure.message) ? reasonOf(failure) : `${reasonOf(failure)}.`;
  return failure.next === null ? ended : `${ended} Next: ${failure.next}`;
}

/** Out for the moment, so that it is worth asking again. A reply of the wrong shape may be a passing one too, such as a proxy's page. */
export function isTemporary({ code, retry }: AppError): boolean {
  return retry === "later" || code === "UPSTREAM_CONTRACT";
}
