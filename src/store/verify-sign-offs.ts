import { type AuditEvent, factsOf } from "../domain/audit.ts";
import type { SignOff, SignOffEntry } from "../domain/sign-off.ts";
import { agrees, readable, type Recorded } from "./recorded.ts";
import { instant, type ReadTx } from "./schema.ts";
import { entryFacts, listAfter, startFacts } from "./sign-offs.ts";

/** Compares the stored named reviews with the audit log. Returns one sentence for each difference. */
export async function changedSignOffs(
  tx: ReadTx,
  { reviews, deleted }: Recorded,
): Promise<readonly string[]> {
  const changed: string[] = [];
  const rows = await tx.selectFrom("sign_offs").selectAll().orderBy("review_id").execute();
  for (const row of rows) {
    const [started, ...events] = reviews.get(row.review_id) ?? [];
    if (started?.event !== "review.started") {
      changed.push(`The named review ${row.review_id} has no record in the audit log.`);
      continue;
    }
    if (deleted.has(row.review_id))
      changed.push(
        `The named review ${row.review_id} is in the store, although the audit log says that it was deleted.`,
      );
    const list = await tx
      .selectFrom("reviews")
      .selectAll()
      .where("id", "=", row.review_id)
      .executeTakeFirst();
    const isSame = readable(() => {
      const signOff = JSON.parse(row.sign_off) as SignOff;
      return (
        signOff.reviewId === row.review_id &&
        row.at === instant(signOff.at) &&
        agrees(factsOf(started), startFacts(signOff, row.sign_off, list?.review ?? ""))
      );
    });
    if (!isSame) changed.push(`The named review ${row.review_id} was changed after it was started.`);
    if (!(await hasEntries(tx, row.review_id, events)))
      changed.push(`The decisions of the named review ${row.review_id} were changed after they were made.`);
  }
  const there = new Set(rows.map(({ review_id }) => review_id));
  const loose = await tx.selectFrom("sign_off_entries").select("review_id").distinct().execute();
  return [
    ...changed,
    ...[...reviews.keys()]
      .filter((id) => !there.has(id) && !deleted.has(id))
      .map((id) => `The named review ${id} was removed.`),
    ...loose
      .filter(({ review_id }) => !there.has(review_id))
      .map(({ review_id }) => `The store has decisions of a named review that does not exist: ${review_id}.`),
  ];
}

async function hasEntries(tx: ReadTx, reviewId: string, events: readonly AuditEvent[]): Promise<boolean> {
  const rows = await tx
    .selectFrom("sign_off_entries")
    .select(["n", "entry"])
    .where("review_id", "=", reviewId)
    .orderBy("n")
    .execute();
  if (rows.length !== events.length) return false;
  for (const [index, { n, entry: text }] of rows.entries()) {
    const [event, entry] = [events[index], readable(() => JSON.parse(text) as SignOffEntry)];
    if (event === undefined || entry === null) return false;
    const list = await listAfter(tx, entry);
    const isSame = readable(
      () =>
        event.event === `review.${entry.kind}` &&
        event.at === instant(entry.at) &&
        agrees(factsOf(event), entryFacts(n, entry, { text, list })),
    );
    if (isSame !== true) return false;
  }
  return true;
}
