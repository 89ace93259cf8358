import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Plan } from "../domain/plan.ts";
import type { Log } from "../domain/runtime.ts";
import type { Engine } from "../engine/engine.ts";
import type { ReadContext, Tool } from "../tools/define.ts";

/** Where a person decides on a waiting plan when the client cannot ask. */
export interface Approvals {
  /** The address of a plan's approval page, or null if no page is served. */
  url(planId: string): string | null;
  /** The command that approves a plan at a terminal, or null if a terminal cannot approve this plan. */
  command(plan: Plan): string | null;
}

export interface ServerDeps {
  readonly engine: Engine;
  /** The tools of the configured toolsets; only tools that read if the server is read-only. */
  readonly tools: readonly Tool[];
  /** The weakest confirmation that destructive tools accept. */
  readonly weakest: ConfirmationLevel;
  readonly approvals: Approvals;
  readonly budgets: ReadContext["budgets"];
  readonly version: string;
  readonly log: Log;
}
