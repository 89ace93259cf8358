import { createHash } from "node:crypto";
import type { Effect } from "../domain/effect.ts";
import { canonicalJson } from "../domain/json.ts";

/**
 * What a decision is bound to: tool, principal and every effect with its target and its state before and after.
 * Two plans with one digest do the same to the same state. SHA-256, hexadecimal.
 */
export function digestOf(plan: {
  readonly tool: string;
  readonly principalId: string;
  readonly effects: readonly Effect[];
}): string {
  const effects = plan.effects.map(({ op, resource, id, target, before, after }) => ({
    op,
    resource,
    id,
    target,
    before,
    after,
  }));
  return createHash("sha256")
    .update(canonicalJson({ tool: plan.tool, principal: plan.principalId, effects }))
    .digest("hex");
}
