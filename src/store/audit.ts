import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Database, ReadTx, Tx } from "./schema.ts";
import type { AuditEvent, AuditLog, AuditRecord } from "./store.ts";

const VERIFY_PAGE = 500;

/** The audit log: records chained by hash in one order over all processes. */
export function createAuditLog(database: Database): AuditLog {
  return {
    append: (event) => database.write((tx) => appendEvent(tx, event)),
    async read({ after = 0, limit }) {
      const rows = await database.read((tx) => pageAfter(tx, after, limit));
      return rows.map(
        ({ seq, body, previous, hash }): AuditRecord => ({ ...eventOf(body), seq, previous, hash }),
      );
    },
    async verify() {
      // Records may be appended while this reads: they are followed too, but only what the head named must be there.
      const head = await database.read(headOf);
      let end: ChainEnd = { seq: 0, hash: GENESIS };
      for (;;) {
        const from = end;
        const page = await database.read((tx) => pageAfter(tx, from.seq, VERIFY_PAGE));
        const followed = follow(end, page);
        if ("broken" in followed) return { records: end.seq, broken: followed.broken };
        const headRecord = page.find((record) => record.seq === head.seq);
        if (headRecord && headRecord.hash !== head.hash) return { records: head.seq - 1, broken: head.seq };
        end = followed;
        if (page.length < VERIFY_PAGE) break;
      }
      return { records: end.seq, broken: end.seq < head.seq ? end.seq + 1 : null };
    },
  };
}

/** Appends a record to the chain within the transaction of the caller. */
export async function appendEvent(tx: Tx, event: AuditEvent): Promise<AuditRecord> {
  const head = await headOf(tx);
  const body = canonicalJson(event as unknown as Json);
  const seq = head.seq + 1;
  const hash = chainHash(head.hash, body);
  await tx.insertInto("audit").values({ seq, body, previous: head.hash, hash }).execute();
  await tx.updateTable("audit_head").set({ seq, hash }).where("id", "=", 1).execute();
  return { ...eventOf(body), seq, previous: head.hash, hash };
}

async function headOf(tx: ReadTx): Promise<ChainEnd> {
  return await tx
    .selectFrom("audit_head")
    .select(["seq", "hash"])
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
}

function pageAfter(tx: ReadTx, after: number, limit: number) {
  return tx.selectFrom("audit").selectAll().where("seq", ">", after).orderBy("seq").limit(limit).execute();
}

function eventOf(body: string): AuditEvent {
  return JSON.parse(body) as AuditEvent;
}

/** What the first record of the chain names as the record before it. */
export const GENESIS = "0".repeat(64);

/** SHA-256 over the hash of the record before and the canonical JSON of this one, hexadecimal. */
export function chainHash(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex");
}

interface Link {
  readonly seq: number;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

/** Where a chain has been followed to. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Follows the chain from `end` over `records`: the new end, or the number of the first record that does not fit. */
function follow(end: ChainEnd, records: readonly Link[]): ChainEnd | { readonly broken: number } {
  let { seq, hash } = end;
  for (const record of records) {
    const fits =
      record.seq === seq + 1 && record.previous === hash && record.hash === chainHash(hash, record.body);
    // A gap is named by the record that is missing, anything else by the record itself.
    if (!fits) return { broken: Math.min(seq + 1, record.seq) };
    ({ seq, hash } = record);
  }
  return { seq, hash };
}
