import type { Presented } from "../approvals/desk.ts";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Plan } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";
import type { Log, Meter } from "../domain/runtime.ts";
import type { Engine } from "../engine/engine.ts";
import type { ReadContext, Tool } from "../tools/define.ts";
import type { QuestionKeys } from "./call/question-states.ts";

/** Lets a person decide on a waiting plan if the client cannot ask. */
export interface Approvals {
  /** Serves the page of a plan and opens it in the person's browser, if that is possible here. */
  present(plan: Plan): Promise<Presented>;
  /** Starts the run of a plan that was approved outside the client. Resolves when the run has ended. */
  start(planId: string): Promise<Run>;
  /** The command that approves a plan at a terminal, or null if it cannot be approved at a terminal. */
  command(plan: Plan): string | null;
}

/** The pages on which named reviewers decide and sign. */
export interface ReviewPages {
  /** The reviewers of a new review. INPUT_INVALID if the given people could not decide on the pages of this server. */
  reviewers(given: readonly string[] | undefined): readonly string[];
  /** Serves the page of a named review and opens it in the person's browser, if that is possible here. */
  present(reviewId: string): Promise<Presented>;
}

/** How long (ms) a call waits for a person's decision, and for a run that goes on without it. */
export interface Patience {
  readonly decisionMs: number;
  readonly runMs: number;
}

export interface ServerDeps {
  readonly engine: Engine;
  /** The tools of the configured toolsets; only tools that read if the server is read-only. */
  readonly tools: readonly Tool[];
  /** The weakest confirmation that destructive tools accept. */
  readonly weakest: ConfirmationLevel;
  readonly approvals: Approvals;
  /** Left out, no named review can be started here. */
  readonly reviewPages?: ReviewPages | undefined;
  /** The keys that sign questions. If left out, one key is made that ends with the process. */
  readonly questionKeys?: QuestionKeys;
  /** How long a call waits. If left out, it is less than the 60 s after which clients give up. */
  readonly patience?: Patience | undefined;
  readonly budgets: ReadContext["budgets"];
  readonly version: string;
  readonly log: Log;
  /** Counts the calls; left out, nothing is counted. */
  readonly meter?: Meter | undefined;
}
