import { createHash } from "node:crypto";
import type { Decision } from "../domain/confirmation.ts";
import type { StoredFailure } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Evidence, RunEffect, RunState } from "../domain/run.ts";
import { appendEvent } from "./chain.ts";
import type { Tx } from "./schema.ts";
import { instant } from "./schema.ts";

// A fact and its audit record are written in one transaction, so neither exists without the other. `hash` is the hash
// of the JSON text in the store. `audit verify` compares the two.

/** SHA-256 of a text in the store, hexadecimal. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What the audit records about plans and runs. */
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

async function record(
  tx: Tx,
  event: EventName,
  at: string,
  plan: About,
  facts: { readonly [key: string]: Json },
): Promise<void> {
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

export const recordHeld = (tx: Tx, plan: Plan, text: string): Promise<void> =>
  record(tx, "plan.held", plan.createdAt, plan, {
    summary: plan.summary,
    digest: plan.digest,
    effects: plan.effects.length,
    requires: plan.requires,
    approvers: plan.approvers,
    reason: plan.reason,
    ticket: plan.ticket,
    hash: textHash(text),
  });

export const recordDecided = (tx: Tx, plan: Plan, decision: Decision, text: string): Promise<void> =>
  record(tx, "plan.decided", decision.at, plan, {
    accepted: decision.accepted,
    level: decision.level,
    by: decision.by,
    email: decision.email ?? null,
    subject: decision.subject ?? null,
    scope: decision.scope ?? null,
    digest: decision.digest,
    hash: textHash(text),
  });

/** `found` is the digest of the plan as it would be made now, if there is one. */
export const recordStale = (tx: Tx, plan: Plan, at: string, found: string | null): Promise<void> =>
  record(tx, "plan.stale", at, plan, { digest: plan.digest, found });

export const recordStarted = (
  tx: Tx,
  plan: Plan,
  run: { readonly runId: string; readonly at: string; readonly decision: Decision | null },
): Promise<void> =>
  record(tx, "run.started", run.at, plan, {
    run: run.runId,
    digest: plan.digest,
    decidedBy: run.decision?.by ?? null,
  });

/** `by` is the client that asked for it; null if the server continued the run by itself. */
export const recordResumed = (
  tx: Tx,
  plan: About,
  run: { readonly runId: string; readonly at: string; readonly by: string | null },
): Promise<void> => record(tx, "run.resumed", run.at, plan, { run: run.runId, by: run.by });

export const recordPaused = (
  tx: Tx,
  plan: About,
  run: { readonly runId: string; readonly at: string; readonly done: number; readonly why: string },
): Promise<void> => record(tx, "run.paused", run.at, plan, { run: run.runId, done: run.done, why: run.why });

export const recordStopped = (
  tx: Tx,
  plan: About,
  run: { readonly runId: string; readonly at: string; readonly by: string; readonly why: StoredFailure },
): Promise<void> =>
  record(tx, "run.stopped", run.at, plan, {
    run: run.runId,
    by: run.by,
    code: run.why.code,
    why: run.why.message,
  });

export const recordFinished = (
  tx: Tx,
  plan: About,
  run: {
    readonly runId: string;
    readonly at: string;
    readonly state: RunState;
    readonly evidence: Evidence;
    readonly effects: readonly RunEffect[];
  },
  text: string,
): Promise<void> =>
  record(tx, "run.finished", run.at, plan, {
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
