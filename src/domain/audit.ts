import type { Json } from "./json.ts";

/** An event in the form in which the audit log records it. */
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
  /** The hash of the record before this one; 64 zeros in the first record. */
  readonly previous: string;
  /** SHA-256 over `previous` and the canonical JSON of the event, in hexadecimal. */
  readonly hash: string;
}

/** The result of checking the audit log. */
export interface Verified {
  /** How many records are correct, counted from the first record. */
  readonly records: number;
  /** The number of the first record that does not match the record before it; null if all records are correct. */
  readonly broken: number | null;
  /**
   * One sentence for each thing in the store that differs from the audit log. Empty if the audit log itself is damaged,
   * because then nothing can be compared with it.
   */
  readonly changed: readonly string[];
  /** How many plans and named reviews were deleted because of their age, as the audit log says. */
  readonly deleted: number;
  /** The number and hash of the last correct record, as `SEQ:HASH`. */
  readonly head: string;
  /** Whether the log contains the earlier record that the caller named; true if the caller named none. */
  readonly hasHead: boolean;
}

export interface AuditLog {
  append(event: AuditEvent): Promise<AuditRecord>;
  read(page: { readonly after?: number; readonly limit: number }): Promise<readonly AuditRecord[]>;
  /**
   * The number and hash of the newest record, as `SEQ:HASH`. If a copy is kept in another place, it later shows whether
   * records were removed or rewritten.
   */
  head(): Promise<string>;
  /**
   * Checks the audit log, and everything in the store that the log has records of. `head`: an earlier record that the
   * log must still contain.
   */
  verify(head?: string): Promise<Verified>;
}

export type Facts = { readonly [key: string]: Json };

/** The facts in an audit record. Their form is checked, because a person who can change the store can change them. */
export function factsOf({ facts }: Pick<AuditEvent, "facts">): Facts {
  return facts !== null && typeof facts === "object" && !Array.isArray(facts) ? (facts as Facts) : {};
}
