import { createHash } from "node:crypto";
import type { Facts } from "../domain/audit.ts";
import type { Decision } from "../domain/confirmation.ts";
import type { StoredFailure } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Evidence, RunEffect, RunState } from "../domain/run.ts";
import { appendEvent } from "./chain.ts";
import type { JournalSeal } from "./journal-seal.ts";
import type { Tx } from "./schema.ts";
import { instant } from "./schema.ts";

// A change and its audit record are written in one transaction, so both are stored or neither. `hash` is the hash of
// the stored JSON text. `audit verify` compares the hash with the text.

/** SHA-256 of a stored text, in hexadecimal. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The names of the audit records about plans and runs. */
type EventName =
  | "plan.held"
  | "plan.decided"
  | "plan.stale"
  | "run.started"
  | "run.resumed"
  | "run.paused"
  | "run.stopped"
  | "run.finished";

type About = Pick<Plan, "id" | "tool" | "principal">;

async function record(tx: Tx, event: EventName, at: string, plan: About, facts: Facts): Promise<void> {
  await appendEvent(tx, {
    at: instant(at),
    event,
    principal: plan.principal.id,
    client: plan.principal.client,
    tool: plan.tool,
    subject: plan.id,
    facts,
  });
}

/**
 * The facts about a stored plan that its audit record contains. `verify.ts` computes the same facts from the store and
 * compares them.
 */
export const heldFacts = (plan: Plan, text: string): Facts => ({
  summary: plan.summary,
  digest: plan.digest,
  effects: plan.effects.length,
  requires: plan.requires,
  approvers: plan.approvers,
  reason: plan.reason,
  ticket: plan.ticket,
  hash: textHash(text),
});

export const decidedFacts = (decision: Decision, text: string): Facts => ({
  accepted: decision.accepted,
  level: decision.level,
  by: decision.by,
  email: decision.email ?? null,
  subject: decision.subject ?? null,
  scope: decision.scope ?? null,
  digest: decision.digest,
  withdrawn: decision.withdrawn ?? false,
  hash: textHash(text),
});

export const startedFacts = (plan: Plan, runId: string, decision: Decision | null): Facts => ({
  run: runId,
  digest: plan.digest,
  decidedBy: decision?.by ?? null,
});

export const stoppedFacts = (runId: string, why: StoredFailure, text: string): Facts => ({
  run: runId,
  code: why.code,
  why: why.message,
  hash: textHash(text),
});

export const finishedFacts = (
  run: {
    readonly runId: string;
    readonly state: RunState;
    readonly evidence: Evidence;
    readonly effects: readonly RunEffect[];
  },
  text: string,
): Facts => ({
  run: run.runId,
  state: run.state,
  evidence: run.evidence.result,
  requests: run.evidence.requests,
  effects: run.effects.map(({ effect, state, attempts }) => ({
    op: effect.op,
    id: effect.id,
    state,
    attempts,
  })),
  hash: textHash(text),
});

export const recordHeld = (tx: Tx, plan: Plan, text: string): Promise<void> =>
  record(tx, "plan.held", plan.createdAt, plan, heldFacts(plan, text));

export const recordDecided = (tx: Tx, plan: Plan, decision: Decision, text: string): Promise<void> =>
  record(tx, "plan.decided", decision.at, plan, decidedFacts(decision, text));

/** `found`: the digest that the plan would have if it were made now; null if no plan can be made now. */
export const recordStale = (tx: Tx, plan: Plan, at: string, found: string | null): Promise<void> =>
  record(tx, "plan.stale", at, plan, { digest: plan.digest, found });

export const recordStarted = (
  tx: Tx,
  plan: Plan,
  run: { readonly runId: string; readonly at: string; readonly decision: Decision | null },
): Promise<void> => record(tx, "run.started", run.at, plan, startedFacts(plan, run.runId, run.decision));

/** The facts in an audit record that protect the journal of a run from later changes. */
export interface Sealed {
  readonly runId: string;
  readonly at: string;
  readonly journal: JournalSeal;
}

/** `by`: the client that continued the run; null if the server continued it by itself. */
export const recordResumed = (
  tx: Tx,
  plan: About,
  run: Sealed & { readonly by: string | null },
): Promise<void> => record(tx, "run.resumed", run.at, plan, { run: run.runId, by: run.by, ...sealOf(run) });

/**
 * `state`: null if any process may continue the run; `cancelled` if the run continues only when a caller asks for it.
 */
export const recordPaused = (
  tx: Tx,
  plan: About,
  run: Sealed & { readonly done: number; readonly why: string; readonly state: "cancelled" | null },
): Promise<void> =>
  record(tx, "run.paused", run.at, plan, {
    run: run.runId,
    done: run.done,
    why: run.why,
    state: run.state,
    ...sealOf(run),
  });

export const recordStopped = (
  tx: Tx,
  plan: About,
  run: Sealed & { readonly by: string; readonly why: StoredFailure },
  text: string,
): Promise<void> =>
  record(tx, "run.stopped", run.at, plan, {
    by: run.by,
    ...stoppedFacts(run.runId, run.why, text),
    ...sealOf(run),
  });

export const recordFinished = (
  tx: Tx,
  plan: About,
  run: Parameters<typeof finishedFacts>[0] & Sealed,
  text: string,
): Promise<void> => record(tx, "run.finished", run.at, plan, { ...finishedFacts(run, text), ...sealOf(run) });

function sealOf({ journal }: Sealed): Facts {
  return { journal: { records: journal.records, hash: journal.hash } };
}
