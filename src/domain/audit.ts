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

/** The result of checking the audit log. */
export interface Verified {
  /** How many records are right, counted from the first. */
  readonly records: number;
  /** The number of the first record that does not fit the record before it; null if all are right. */
  readonly broken: number | null;
  /** One sentence for each difference between the store and the audit log. Empty if the log itself is damaged. */
  readonly changed: readonly string[];
  /** How many plans and named reviews were deleted because of their age, by the records of the audit log. */
  readonly deleted: number;
  /** Number and hash of the last right record, as `SEQ:HASH`. */
  readonly head: string;
  /** Whether the log contains the given earlier record; true if none was given. */
  readonly hasHead: boolean;
}

export interface AuditLog {
  append(event: AuditEvent): Promise<AuditRecord>;
  read(page: { readonly after?: number; readonly limit: number }): Promise<readonly AuditRecord[]>;
  /** The newest record, as `SEQ:HASH`. A copy elsewhere later shows whether records were removed or rewritten. */
  head(): Promise<string>;
  /** Checks the audit log and everything that it records. `head`: an earlier record that it must still contain. */
  verify(head?: string): Promise<Verified>;
}

export type Facts = { readonly [key: string]: Json };

/**
 * The facts of an audit record. They are not trusted to have the right form, because a person who can change the store
 * can change them.
 */
export function factsOf({ facts }: Pick<AuditEvent, "facts">): Facts {
  return facts !== null && typeof facts === "object" && !Array.isArray(facts) ? (facts as Facts) : {};
}
