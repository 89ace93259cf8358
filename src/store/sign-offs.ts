import type { Facts } from "../domain/audit.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Review } from "../domain/review.ts";
import type { ReviewRecord, ReviewSummary, SignOff, SignOffEntry, SignOffStore } from "../domain/sign-off.ts";
import { unknownReview } from "../domain/sign-off-rules.ts";
import { appendEvent } from "./chain.ts";
import { textHash } from "./events.ts";
import { type Database, instant, type ReadTx, type Tx } from "./schema.ts";

/** Stored named reviews. The start of a review and its entries never change, and each has a record in the audit log. */
export function createSignOffStore(database: Database): SignOffStore {
  return {
    start: (signOff) =>
      database.write(async (tx) => {
        const list = await listText(tx, signOff.reviewId);
        if (list === null) throw unknownReview();
        const text = JSON.stringify(signOff);
        const row = { review_id: signOff.reviewId, at: instant(signOff.at), sign_off: text };
        await tx.insertInto("sign_offs").values(row).execute();
        await record(tx, signOff, "review.started", signOff.at, startFacts(signOff, text, list));
      }),
    get: (reviewId) => database.read((tx) => find(tx, reviewId)),
    list: (limit) =>
      database.read(async (tx) => {
        const rows = await tx
          .selectFrom("sign_offs")
          .select(["review_id", "sign_off"])
          .orderBy("at", "desc")
          .orderBy("review_id")
          .limit(limit)
          .execute();
        const found: ReviewSummary[] = [];
        for (const { review_id, sign_off } of rows)
          found.push({
            signOff: JSON.parse(sign_off) as SignOff,
            entries: await entriesOf(tx, review_id),
          });
        return found;
      }),
    append: (reviewId, make) =>
      database.write(async (tx) => {
        const found = await find(tx, reviewId);
        if (!found) throw unknownReview();
        const entry = make(found, contentHash);
        const n = found.entries.length + 1;
        const text = JSON.stringify(entry);
        const list = await listAfter(tx, entry);
        await tx.insertInto("sign_off_entries").values({ review_id: reviewId, n, entry: text }).execute();
        const facts = entryFacts(n, entry, { text, list });
        await record(tx, found.signOff, `review.${entry.kind}`, entry.at, facts);
        const after = list === null ? found.after : (JSON.parse(list) as Review);
        return { ...found, entries: [...found.entries, entry], after };
      }),
  };
}

/**
 * The hash of what a reviewer signed, or of what was added to a signed review when its list of people was read again.
 * Each entry stores its hash. The review's package contains the same content, so that readers can compute the hash
 * again.
 */
function contentHash(content: object): string {
  return textHash(canonicalJson(content as unknown as Json));
}

/**
 * The facts in the audit records of named reviews. `verify-sign-offs.ts` computes them again and compares. `list`: the
 * stored text of the review's list of people.
 */
export const startFacts = (signOff: SignOff, text: string, list: string): Facts => ({
  name: signOff.name,
  period: signOff.period,
  reviewers: [...signOff.reviewers],
  list: textHash(list),
  hash: textHash(text),
});

export const entryFacts = (
  n: number,
  entry: SignOffEntry,
  { text, list }: { readonly text: string; readonly list: string | null },
): Facts => ({
  n,
  by: entry.by,
  ...("client" in entry
    ? { client: entry.client }
    : { reviewer: entry.reviewer, email: entry.email ?? null, subject: entry.subject ?? null }),
  ...("hash" in entry ? { content: entry.hash } : { decisions: entry.decisions.length }),
  ...(entry.kind === "checked" && { list: textHash(list ?? ""), runs: entry.runs.map(({ id }) => id) }),
  hash: textHash(text),
});

/** The text of the stored list of people that a `checked` entry names; null for other entries. */
export async function listAfter(tx: ReadTx, entry: SignOffEntry): Promise<string | null> {
  return entry.kind === "checked" && typeof entry.list === "string" ? await listText(tx, entry.list) : null;
}

async function record(tx: Tx, signOff: SignOff, event: string, at: string, facts: Facts): Promise<void> {
  const { reviewId: subject, principal } = signOff;
  await appendEvent(tx, {
    at: instant(at),
    event,
    principal: principal.id,
    client: principal.client,
    tool: "start_review",
    subject,
    facts,
  });
}

async function find(tx: ReadTx, reviewId: string): Promise<ReviewRecord | null> {
  const row = await tx
    .selectFrom("sign_offs")
    .select("sign_off")
    .where("review_id", "=", reviewId)
    .executeTakeFirst();
  const list = await listText(tx, reviewId);
  if (!row || list === null) return null;
  const entries = await entriesOf(tx, reviewId);
  const checked = entries.findLast(({ kind }) => kind === "checked");
  const after = checked ? await listAfter(tx, checked) : null;
  return {
    signOff: JSON.parse(row.sign_off) as SignOff,
    review: JSON.parse(list) as Review,
    entries,
    after: after === null ? null : (JSON.parse(after) as Review),
  };
}

async function listText(tx: ReadTx, reviewId: string): Promise<string | null> {
  const row = await tx.selectFrom("reviews").select("review").where("id", "=", reviewId).executeTakeFirst();
  return row?.review ?? null;
}

async function entriesOf(tx: ReadTx, reviewId: string): Promise<readonly SignOffEntry[]> {
  const rows = await tx
    .selectFrom("sign_off_entries")
    .select("entry")
    .where("review_id", "=", reviewId)
    .orderBy("n")
    .execute();
  return rows.map(({ entry }) => JSON.parse(entry) as SignOffEntry);
}

/** The tables of named reviews. */
export async function addSignOffs(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("sign_offs")
    .addColumn("review_id", "text", (column) => column.primaryKey().notNull().references("reviews.id"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("sign_off", "text", (column) => column.notNull())
    .execute();
  await tx.schema
    .createTable("sign_off_entries")
    .addColumn("review_id", "text", (column) => column.notNull().references("sign_offs.review_id"))
    .addColumn("n", "integer", (column) => column.notNull())
    .addColumn("entry", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("sign_off_entries_key", ["review_id", "n"])
    .execute();
}
