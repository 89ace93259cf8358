import type { Request } from "express";
import type { Decision } from "../domain/confirmation.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import { type Decider, isRequester, levelOfDecider } from "../domain/approvers.ts";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Run, RunSummary } from "../domain/run.ts";
import type { ItemDecision, ReviewRecord, ReviewSummary, ReviewWord } from "../domain/sign-off.ts";
import { formToken, isFormToken } from "./keys.ts";

type Word = Omit<Decision, "planId" | "digest" | "at">;

/** The functions of the rest of the program that the pages call. */
export interface PagesDeps {
  plan(id: string): Promise<StoredPlan | null>;
  waiting(): Promise<readonly StoredPlan[]>;
  run(id: string): Promise<Run | null>;
  /** The newest runs in the store: of one principal, or of all if `principal` is null. */
  runs(limit: number, principal: string | null): Promise<readonly RunSummary[]>;
  decide(planId: string, word: Word): Promise<Decision>;
  /** Withdraws a waiting plan, or an approval whose run has not sent a request yet. */
  withdraw(planId: string, word: ReturnType<typeof wordOf>): Promise<StoredPlan>;
  readonly reviews: ReviewDesk;
  stop(runId: string, word: { readonly by: string; readonly reason: string | null }): Promise<Run>;
  /** Starts the run of an approved plan. */
  start(planId: string): void;
  /** Why the last attempt to start the run of an approved plan failed; null if it did not fail. */
  problem(planId: string): AppError | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** True if Trello and Atlassian are emulated by the sandbox. */
  readonly sandbox: boolean;
}

/** The functions for named reviews that the pages call. */
export interface ReviewDesk {
  get(reviewId: string): Promise<ReviewRecord | null>;
  /** The named reviews, the newest first. */
  list(limit: number): Promise<readonly ReviewSummary[]>;
  decide(reviewId: string, word: ReviewWord, decisions: readonly ItemDecision[]): Promise<ReviewRecord>;
  sign(reviewId: string, word: ReviewWord, entries: number): Promise<ReviewRecord>;
}

/** The person who reads the pages and may decide. On a service, it is the person who signed in. */
export interface Viewer extends Decider {
  /** The person's name. The store records it with each decision of this person. */
  readonly name: string;
  /**
   * Whether the person may see all plans and runs. If false, the person sees only the plans and runs for which the
   * person asked.
   */
  readonly isApprover: boolean;
  /** Signs the forms of this viewer. */
  readonly formKey: Buffer;
  /** The beginning of the URL path of every page. */
  readonly base: string;
}

/** The tokens of a plan's forms. */
export function decisionTokens(plan: StoredPlan["plan"], { formKey }: Viewer) {
  return {
    approve: formToken(formKey, "approve", planVersion(plan)),
    reject: formToken(formKey, "reject", planVersion(plan)),
    withdraw: formToken(formKey, "withdraw", planVersion(plan)),
  };
}

/** Throws unless this person's page made the form for this action and for exactly this version of the plan. */
export function assertOwnForm(
  fields: Readonly<Record<string, unknown>>,
  action: keyof ReturnType<typeof decisionTokens>,
  plan: StoredPlan["plan"],
  { formKey }: Viewer,
): void {
  if (fields["digest"] === plan.digest && isFormToken(fields["token"], formKey, action, planVersion(plan)))
    return;
  throw forged();
}

/** The error if a form was not made by this person's page, or was made for another action or plan. */
export function forged(): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    "This form was not made by this page, or it was made for another plan or decision.",
    {
      next: "Open the plan again from the list, and decide there.",
    },
  );
}

/** The text that identifies one plan in one exact version. A form contains it. */
function planVersion({ id, digest }: StoredPlan["plan"]): string {
  return `${id} ${digest}`;
}

/**
 * The decision that the store would record if this person approved the plan now. The page uses it to test in advance
 * whether the approval would be accepted.
 */
export function yesOf({ plan }: StoredPlan, viewer: Viewer, now: number): Decision {
  return {
    ...wordOf(plan, viewer),
    planId: plan.id,
    digest: plan.digest,
    accepted: true,
    at: new Date(now).toISOString(),
    ...(plan.typedName !== null && { typed: plan.typedName }),
  };
}

/** The fields of a decision that say who decides, and whether this person counts as a second person (`level`). */
export function wordOf(
  plan: Plan,
  { name, email, subject, scope }: Viewer,
): Pick<Word, "level" | "by" | "email" | "subject" | "scope"> {
  const decider = { ...(email && { email }), ...(subject && { subject }), ...(scope && { scope }) };
  return { level: levelOfDecider(plan, decider), by: name, ...decider };
}

/** Whether this signed-in person asked for the plan. If so, a "no" of this person withdraws the plan. */
export function isOwn({ principal }: Pick<Plan, "principal">, viewer: Viewer): boolean {
  return viewer.subject !== undefined && isRequester(principal, viewer);
}

/** Says who may approve a plan, for a reader who may not. */
export function whoMayText({ approvers }: Pick<Plan, "approvers">): string {
  return approvers.length > 0
    ? approvers.join(", ")
    : "people to whom the issuer gives the scope identity:approve";
}

export function idIn(request: Request): string {
  const value = request.params["id"];
  return typeof value === "string" ? value : "";
}

export function textIn(value: unknown, max: number): string {
  return typeof value === "string" ? value.slice(0, max) : "";
}

/** The fields of a form that the browser sent. */
export function fieldsOf(request: Request): Readonly<Record<string, unknown>> {
  return (request.body ?? {}) as Readonly<Record<string, unknown>>;
}

/** The HTTP status of the answer, for each error that refuses a request. */
export const STATUS: Readonly<Partial<Record<AppError["code"], number>>> = {
  NOT_FOUND: 404,
  INPUT_INVALID: 422,
  POLICY_DENIED: 403,
  UNAUTHENTICATED: 403,
  CONFIRMATION_EXPIRED: 410,
  STORE_FAILED: 503,
};
