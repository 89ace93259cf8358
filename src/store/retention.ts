import type { Facts } from "../domain/audit.ts";
import type { Retention } from "../domain/retention.ts";
import { type SignOff, type SignOffEntry, stateOf } from "../domain/sign-off.ts";
import { appendEvent } from "./chain.ts";
import { UNFINISHED } from "./leases.ts";
import { type Database, inBatches, instant, type ReadTx, type Tx } from "./schema.ts";

/** The key of a fact in the store: when a process last began to delete old data. */
const BEGUN = "retention:begun";

/**
 * Deletes old data. The audit log stays complete: it has a record of each deleted plan, run and named review, so `audit
 * verify` knows why they are missing.
 */
export function createRetention(database: Database): Retention {
  return {
    begin: (now, everyMs) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        const row = await tx
          .selectFrom("facts")
          .select("learnt_at")
          .where("key", "=", BEGUN)
          .executeTakeFirst();
        if (row && Date.parse(at) - Date.parse(row.learnt_at) < everyMs) return false;
        await tx
          .insertInto("facts")
          .values({ key: BEGUN, value: "true", learnt_at: at })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ learnt_at: at }))
          .execute();
        return true;
      }),
    deleteSome: ({ now, before, most }) =>
      database.write(async (tx) => {
        const limit = instant(before);
        const runs = await endedRuns(tx, limit, most);
        const plans = await plansWithoutRun(tx, limit, most);
        const named = await signedReviews(tx, limit, most);
        await deleteRuns(tx, runs);
        await deletePlans(tx, [...runs.map(({ plan_id }) => plan_id), ...plans]);
        await deleteReviews(tx, named);
        const deleted = {
          runs: runs.map(({ id }) => id),
          plans: [...runs.map(({ plan_id }) => plan_id), ...plans],
          reviews: named,
        };
        const recorded = deleted.plans.length + deleted.reviews.length;
        if (recorded > 0) await recordDeleted(tx, now, { before: limit, ...deleted });
        return recorded + (await deleteUnrecorded(tx, limit, most));
      }),
  };
}

/** Writes the audit record that says what was deleted. `recorded.ts` reads such records. */
async function recordDeleted(tx: Tx, at: string, facts: Facts): Promise<void> {
  await appendEvent(tx, {
    at: instant(at),
    event: "retention.deleted",
    principal: "server",
    client: "",
    tool: "retention",
    subject: "",
    facts,
  });
}

/** The runs that ended before `limit`. A cancelled run is not among them, because it can still be continued. */
async function endedRuns(tx: ReadTx, limit: string, most: number) {
  return await tx
    .selectFrom("runs")
    .select(["id", "plan_id"])
    .where("started_at", "<", limit)
    .where("ended_at", "<", limit)
    .where("state", "not in", [...UNFINISHED])
    // If a process had the lease of a stopped run after `limit`, the run is not deleted yet. The process may still
    // store answers to requests that it sent.
    .where((is) => is.or([is("owner", "is", null), is("lease_until", "<", limit)]))
    .orderBy("started_at")
    .orderBy("id")
    .limit(most)
    .execute();
}

/** The ids of plans that expired before `limit` and were never applied. */
async function plansWithoutRun(tx: ReadTx, limit: string, most: number): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom("plans")
    .leftJoin("runs", "runs.plan_id", "plans.id")
    .select("plans.id")
    .where("plans.state", "in", ["waiting", "accepted", "declined", "void"])
    .where("plans.expires_at", "<", limit)
    .where("runs.id", "is", null)
    .orderBy("plans.expires_at")
    .orderBy("plans.id")
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** Named reviews whose last reviewer signed before `limit`. A review without all signatures has not ended. */
async function signedReviews(tx: ReadTx, limit: string, most: number): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom("sign_offs")
    .select(["review_id", "sign_off"])
    .where("at", "<", limit)
    .orderBy("at")
    .orderBy("review_id")
    .execute();
  const found: string[] = [];
  for (const { review_id: id, sign_off } of rows) {
    if (found.length === most) break;
    const texts = await tx
      .selectFrom("sign_off_entries")
      .select("entry")
      .where("review_id", "=", id)
      .orderBy("n")
      .execute();
    const entries = texts.map(({ entry }) => JSON.parse(entry) as SignOffEntry);
    const last = entries.at(-1);
    const { isSigned } = stateOf({ signOff: JSON.parse(sign_off) as SignOff, entries });
    if (isSigned && last && instant(last.at) < limit) found.push(id);
  }
  return found;
}

async function deleteRuns(tx: Tx, runs: readonly { readonly id: string }[]): Promise<void> {
  for (const batch of inBatches(runs)) {
    const ids = batch.map(({ id }) => id);
    for (const table of ["effect_people", "effects", "journal"] as const)
      await tx.deleteFrom(table).where("run_id", "in", ids).execute();
    await tx.deleteFrom("runs").where("id", "in", ids).execute();
  }
}

async function deletePlans(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const batch of inBatches(ids))
    await tx
      .deleteFrom("plans")
      .where("id", "in", [...batch])
      .execute();
}

async function deleteReviews(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const batch of inBatches(ids)) {
    const some = [...batch];
    await tx.deleteFrom("sign_off_entries").where("review_id", "in", some).execute();
    await tx.deleteFrom("sign_offs").where("review_id", "in", some).execute();
    await tx.deleteFrom("reviews").where("id", "in", some).execute();
  }
}

/**
 * After a named review is signed, its list of people can be read again. These are the ids of such new lists. They are
 * deleted together with the named reviews.
 */
async function checkLists(tx: ReadTx): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom("sign_off_entries")
    .select("entry")
    .where("entry", "like", '%"kind":"checked"%')
    .execute();
  const entries = rows.map(({ entry }) => JSON.parse(entry) as SignOffEntry);
  return entries.flatMap((entry) => (entry.kind === "checked" ? [entry.list] : []));
}

/**
 * Deletes old data that has no audit record: reviews without named reviewers, events of webhooks, and snapshots. The
 * newest snapshot of each principal is kept.
 */
async function deleteUnrecorded(tx: Tx, limit: string, most: number): Promise<number> {
  const kept = await checkLists(tx);
  const reviews = await tx
    .selectFrom("reviews")
    .leftJoin("sign_offs", "sign_offs.review_id", "reviews.id")
    .select("reviews.id")
    .where("reviews.at", "<", limit)
    .where("sign_offs.review_id", "is", null)
    // SQL does not allow an empty list. The list always contains the empty text, which matches no id.
    .where("reviews.id", "not in", ["", ...kept])
    .limit(most)
    .execute();
  await deleteReviews(
    tx,
    reviews.map(({ id }) => id),
  );
  const snapshots = await tx
    .selectFrom("membership_snapshots as old")
    .select("old.id")
    .where("old.at", "<", limit)
    .where((is) =>
      is.exists(
        is
          .selectFrom("membership_snapshots as newer")
          .select("newer.id")
          .whereRef("newer.principal", "=", "old.principal")
          .whereRef("newer.at", ">", "old.at"),
      ),
    )
    .limit(most)
    .execute();
  const events = await tx
    .selectFrom("membership_events")
    .select("id")
    .where("at", "<", limit)
    .limit(most)
    .execute();
  await deleteById(tx, "membership_snapshots", snapshots);
  await deleteById(tx, "membership_events", events);
  return reviews.length + snapshots.length + events.length;
}

async function deleteById(
  tx: Tx,
  table: "membership_snapshots" | "membership_events",
  rows: readonly { readonly id: string }[],
): Promise<void> {
  for (const batch of inBatches(rows)) {
    const ids = batch.map(({ id }) => id);
    await tx.deleteFrom(table).where("id", "in", ids).execute();
  }
}
