import { createHash } from "node:crypto";
import { AppError } from "../domain/error.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { ReadTx, Tx } from "./schema.ts";
import type { AuditEvent, AuditRecord } from "../domain/audit.ts";

/** The first record of the audit log has no earlier record. It contains this hash of zeros instead. */
export const GENESIS = "0".repeat(64);

/**
 * The hash of an audit record, in hexadecimal. It is SHA-256 over the hash of the record before it and the canonical
 * JSON of this record.
 */
export function chainHash(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex");
}

/** The number and hash of the last record: of the whole audit log, or of the part that was checked. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

interface Link extends ChainEnd {
  readonly body: string;
  readonly previous: string;
}

/**
 * Adds a record to the audit log, in the caller's transaction. STORE_FAILED if another program has changed the end of
 * the log.
 */
export async function appendEvent(tx: Tx, event: AuditEvent): Promise<AuditRecord> {
  const end = await wholeEnd(tx);
  const body = canonicalJson(event as unknown as Json);
  const seq = end.seq + 1;
  const hash = chainHash(end.hash, body);
  await tx.insertInto("audit").values({ seq, body, previous: end.hash, hash }).execute();
  await tx.updateTable("audit_head").set({ seq, hash }).where("id", "=", 1).execute();
  return { ...eventOf(body), seq, previous: end.hash, hash };
}

/**
 * The last record of the audit log. STORE_FAILED if it differs from the copy in a separate table, because then another
 * program has changed the log. No record is added to a changed log.
 */
export async function wholeEnd(tx: ReadTx): Promise<ChainEnd> {
  const [kept] = await keptEnds(tx);
  const newest = await tx
    .selectFrom("audit")
    .select(["seq", "hash"])
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  if (kept && kept.seq === (newest?.seq ?? 0) && kept.hash === (newest?.hash ?? GENESIS)) return kept;
  throw new AppError("STORE_FAILED", "Another program changed the audit log, so no change can be recorded.", {
    next: "Run `audit verify`, and restore the store of IDENTITY_STORE_URL from a backup.",
  });
}

/** The number and hash of the last record, from the separate table that has a copy of them. */
export async function keptEnd(tx: ReadTx): Promise<ChainEnd> {
  return await tx
    .selectFrom("audit_head")
    .select(["seq", "hash"])
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
}

/**
 * All rows of the table with the copy of the last record's number and hash. There is exactly one row, unless a person
 * changed the table.
 */
export async function keptEnds(tx: ReadTx): Promise<readonly ChainEnd[]> {
  return await tx.selectFrom("audit_head").select(["seq", "hash"]).orderBy("id").execute();
}

export function pageAfter(tx: ReadTx, after: number, limit: number) {
  return tx.selectFrom("audit").selectAll().where("seq", ">", after).orderBy("seq").limit(limit).execute();
}

export function eventOf(body: string): AuditEvent {
  return JSON.parse(body) as AuditEvent;
}

/**
 * Checks that `records` continue the audit log after `end`. Returns the new end, or the number of the first record that
 * does not fit.
 */
export function follow(
  end: ChainEnd,
  records: readonly Link[],
): ChainEnd | { readonly broken: number; readonly fitting: ChainEnd } {
  let { seq, hash } = end;
  for (const record of records) {
    const fits =
      record.seq === seq + 1 && record.previous === hash && record.hash === chainHash(hash, record.body);
    // If a record is missing, the result is the number of the missing record. Otherwise it is the number of the wrong
    // record.
    if (!fits) return { broken: Math.min(seq + 1, record.seq), fitting: { seq, hash } };
    ({ seq, hash } = record);
  }
  return { seq, hash };
}
