import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import { type EngineDeps, isoNow } from "./deps.ts";

/** Appends one record to the audit chain: who, with which client and tool, about which plan or run. */
export async function audit(
  deps: EngineDeps,
  event:
    | "plan.held"
    | "plan.decided"
    | "plan.stale"
    | "run.started"
    | "run.resumed"
    | "run.paused"
    | "run.finished",
  plan: Plan,
  facts: { readonly [key: string]: Json },
): Promise<void> {
  await deps.store.audit.append({
    at: isoNow(deps.clock),
    event,
    principal: plan.principal.id,
    client: plan.principal.client,
    tool: plan.tool,
    subject: plan.id,
    facts,
  });
}
