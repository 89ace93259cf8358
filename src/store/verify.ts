import { type ChainEnd, eventOf, follow, GENESIS, keptEnds, pageAfter } from "./chain.ts";
import { addRecord, newRecorded, readable } from "./recorded.ts";
import type { ReadTx } from "./schema.ts";
import type { AuditEvent, Verified } from "../domain/audit.ts";
import { changedPlans } from "./verify-plans.ts";
import { changedRuns } from "./verify-runs.ts";
import { changedSignOffs } from "./verify-sign-offs.ts";

const PAGE = 500;

/**
 * Checks the audit log, and compares it with plans, decisions, runs, evidence and journals. `head`: the last record at
 * an earlier time, as `SEQ:HASH` or only its hash. If records were removed or changed since then, the log no longer
 * contains the record `head`.
 */
export async function verifyStore(tx: ReadTx, head: string | undefined): Promise<Verified> {
  const recorded = newRecorded();
  let end: ChainEnd = { seq: 0, hash: GENESIS };
  let hasHead = head === undefined || isHead(head, end);
  const brokenAt = (broken: number, fitting: ChainEnd): Verified => ({
    ...answer(fitting, hasHead),
    broken,
  });
  // The search begins at a number far below 0, so that a record with a wrong number such as 0 or -1 is found too.
  for (let after = -(2 ** 31); ; after = end.seq) {
    const page = await pageAfter(tx, after, PAGE);
    const followed = follow(end, page);
    if ("broken" in followed) return brokenAt(followed.broken, followed.fitting);
    for (const record of page) {
      hasHead ||= head !== undefined && isHead(head, record);
      const event = parsedEvent(record.body);
      if (!event) return brokenAt(record.seq, { seq: record.seq - 1, hash: record.previous });
      addRecord(recorded, event);
    }
    end = followed;
    if (page.length < PAGE) break;
  }
  // The store writes each record together with a copy of its number and hash in another table. If they differ, another
  // program changed the store.
  const [kept, ...more] = await keptEnds(tx);
  if (!kept || more.length > 0) return brokenAt(end.seq + 1, end);
  if (kept.seq !== end.seq || kept.hash !== end.hash) {
    const broken = kept.seq === end.seq ? end.seq : Math.min(kept.seq, end.seq) + 1;
    return { ...brokenAt(broken, end), records: broken - 1 };
  }
  const changed = [
    ...(await changedPlans(tx, recorded)),
    ...(await changedRuns(tx, recorded)),
    ...(await changedSignOffs(tx, recorded)),
  ];
  const missing = [...recorded.deleted].filter((id) => recorded.plans.has(id) || recorded.reviews.has(id));
  return { ...answer(end, hasHead), changed, deleted: missing.length };
}

function answer(end: ChainEnd, hasHead: boolean): Verified {
  return { records: end.seq, broken: null, changed: [], deleted: 0, head: `${end.seq}:${end.hash}`, hasHead };
}

function isHead(head: string, { seq, hash }: ChainEnd): boolean {
  return head === hash || head === `${seq}:${hash}`;
}

/**
 * The event in an audit record; null if the text is not an event. A valid hash does not prove the text, because a
 * person who forges a record can also compute its hash.
 */
function parsedEvent(body: string): AuditEvent | null {
  const event = readable(() => eventOf(body));
  return typeof event?.event === "string" && typeof event.subject === "string" ? event : null;
}
