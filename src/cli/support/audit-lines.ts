import type { AuditRecord } from "../../domain/audit.ts";
import { cefLine } from "../../report/cef.ts";
import { ocsfEvent } from "../../report/ocsf.ts";
import { type SecurityEvent, securityEvents } from "../../report/security-events.ts";
import type { Store } from "../../store/store.ts";
import { VERSION } from "../version.ts";

export type AuditSource = Pick<Store, "audit" | "plans">;
export type AuditFormat = "jsonl" | "ocsf" | "cef";

const PAGE = 500;

const WRITE: Readonly<Record<Exclude<AuditFormat, "jsonl">, (event: SecurityEvent) => string>> = {
  ocsf: (event) => JSON.stringify(ocsfEvent(event, VERSION)),
  cef: (event) => cefLine(event, VERSION),
};

/** The lines of all audit records after number `after`, up to the newest. */
export async function* auditLines(
  source: AuditSource,
  format: AuditFormat,
  after: number,
): AsyncGenerator<{ readonly seq: number; readonly text: string }> {
  for (let last = after; ; ) {
    const records = await source.audit.read({ after: last, limit: PAGE });
    for (const record of records) {
      last = record.seq;
      yield { seq: last, text: await written(source, format, record) };
    }
    if (records.length < PAGE) return;
  }
}

async function written(source: AuditSource, format: AuditFormat, record: AuditRecord): Promise<string> {
  if (format === "jsonl") return `${JSON.stringify(record)}\n`;
  // A record can be about a plan. If that plan was deleted or cannot be read, the record is shown without facts of the
  // plan.
  const stored = await source.plans.get(record.subject).catch(() => null);
  return securityEvents(record, stored?.plan ?? null)
    .map((event) => `${WRITE[format](event)}\n`)
    .join("");
}
