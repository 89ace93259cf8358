import type { Presented } from "../approvals/desk.ts";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Plan } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";
import type { Log, Meter } from "../domain/runtime.ts";
import type { Engine } from "../engine/engine.ts";
import type { ReadContext, Tool } from "../tools/define.ts";
import type { QuestionKeys } from "./call/question-states.ts";

/** The ways in which a person can decide about a waiting plan if the MCP client cannot ask the person. */
export interface Approvals {
  /** Makes the page of a plan and opens it in the user's browser, if there is a browser. */
  present(plan: Plan): Promise<Presented>;
  /** Starts the run of a plan that was approved outside the MCP client, and resolves when the run has ended. */
  start(planId: string): Promise<Run>;
  /** The terminal command that approves the plan; null if a terminal may not approve it. */
  command(plan: Plan): string | null;
}

/** The pages on which named reviewers decide and sign. */
export interface ReviewPages {
  /**
   * Checks and returns the reviewers of a new review. Throws INPUT_INVALID if a reviewer could not sign in to the pages
   * of this server. `isAssigned`: whether admins or managers also review. If they do, the list may be empty.
   */
  reviewers(given: readonly string[] | undefined, isAssigned: boolean): readonly string[];
  /** Makes the page of a named review and opens it in the user's browser, if there is a browser. */
  present(reviewId: string): Promise<Presented>;
}

/** How long (ms) a call waits: for a person's decision, and for a run. */
export interface Patience {
  readonly decisionMs: number;
  readonly runMs: number;
}

export interface ServerDeps {
  readonly engine: Engine;
  /** The tools of the configured toolsets. If the server is read-only, these are only the tools that read. */
  readonly tools: readonly Tool[];
  /** The lowest confirmation level that this server allows for a plan that takes something away. */
  readonly weakest: ConfirmationLevel;
  readonly approvals: Approvals;
  /** The pages for named reviews. If they are missing, this server cannot start named reviews. */
  readonly reviewPages?: ReviewPages | undefined;
  /** The keys that sign questions. If they are missing, a key is made in memory and is lost when the process ends. */
  readonly questionKeys?: QuestionKeys;
  /** How long a call waits for a person or a run. Default: 45 s, because clients stop waiting after 60 s. */
  readonly patience?: Patience | undefined;
  /**
   * This signal is aborted when the server stops. Calls that wait are then answered at once, and another process
   * continues the runs.
   */
  readonly stopping?: AbortSignal | undefined;
  readonly budgets: ReadContext["budgets"];
  readonly version: string;
  /**
   * True over stdio, where a client keeps one connection. Then clients with a protocol version before 2026-07-28 can
   * subscribe to resources too.
   */
  readonly lasting?: boolean;
  /**
   * How often (ms) this server asks the store for changes of resources while a client is subscribed. Default: every
   * second.
   */
  readonly lookMs?: number | undefined;
  readonly log: Log;
  /** Counts calls for the metrics. If missing, no calls are counted. */
  readonly meter?: Meter | undefined;
}
