import type { Json } from "./json.ts";

/** An event, as the audit log records it. */
export interface AuditEvent {
  readonly at: string;
  /** For example plan.held, plan.decided, run.started, run.finished. */
  readonly event: string;
  readonly principal: string;
  readonly client: string;
  readonly tool: string;
  /** The id of the plan. */
  readonly subject: string;
  readonly facts: Json;
}

export interface AuditRecord extends AuditEvent {
  readonly seq: number;
  /** The hash of the record before; 64 zeros for the first record. */
  readonly previous: string;
  /** SHA-256 over `previous` and the canonical JSON of the event, in hexadecimal. */
  readonly hash: string;
}

export type Facts = { readonly [key: string]: Json };

/**
 * The facts of an audit record. They are not trusted to have the right form, because a person who can change the store
 * can change them.
 */
export function factsOf({ facts }: Pick<AuditEvent, "facts">): Facts {
  return facts !== null && typeof facts === "object" && !Array.isArray(facts) ? (facts as Facts) : {};
}
