import type { Json } from "./json.ts";

/** What happened, as the audit log records it. */
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
  /** Hash of the record before; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 over `previous` and the canonical JSON of the event, hexadecimal. */
  readonly hash: string;
}

export type Facts = { readonly [key: string]: Json };

/** The facts of a record. A record of the log can have any facts, because a person who writes the store writes it too. */
export function factsOf({ facts }: Pick<AuditEvent, "facts">): Facts {
  return facts !== null && typeof facts === "object" && !Array.isArray(facts) ? (facts as Facts) : {};
}
