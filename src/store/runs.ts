import type { Decision } from "../domain/confirmation.ts";
import type { Effect } from "../domain/effect.ts";
import type { Plan } from "../domain/plan.ts";
import { type Evidence, type Run, type RunEffect, unknownRun } from "../domain/run.ts";
import { listApplied } from "./applied.ts";
import { countDestructive } from "./destructive.ts";
import { appendEntry, journalsOf } from "./journal.ts";
import { createLeases, ownedBy } from "./leases.ts";
import { type Database, instant, type ReadTx } from "./schema.ts";
import type { JournalEntry, RunStore } from "./store.ts";

/** Plans being applied: their state, their journal and who works on them. */
export function createRunStore(database: Database): RunStore {
  return {
    ...createLeases(database),
    get: (id) => database.read((tx) => findRun(tx, id)),
    list: (page) => database.read((tx) => listRuns(tx, page)),
    journal: (id) => database.read(async (tx) => (await journalsOf(tx, [id])).get(id) ?? []),
    append: (runId, owner, entry) => database.write((tx) => appendEntry(tx, runId, owner, entry)),
    setState: (runId, owner, state) =>
      database.write(async (tx) => {
        await ownedBy(tx, runId, owner);
        await tx.updateTable("runs").set({ state }).where("id", "=", runId).execute();
      }),
    finish: (runId, owner, { state, evidence, at }) =>
      database.write(async (tx) => {
        await ownedBy(tx, runId, owner);
        await tx
          .updateTable("runs")
          .set({
            state,
            evidence: JSON.stringify(evidence),
            ended_at: instant(at),
            owner: null,
            lease_until: null,
          })
          .where("id", "=", runId)
          .execute();
        const run = await findRun(tx, runId);
        if (!run) throw unknownRun();
        return run;
      }),
    applied: (query) => database.read((tx) => listApplied(tx, query)),
    destructiveSince: (since, principalId, idOrganization) =>
      database.read((tx) => countDestructive(tx, instant(since), principalId, idOrganization)),
  };
}

async function findRun(tx: ReadTx, id: string): Promise<Run | null> {
  const row = await runRows(tx).where("runs.id", "=", id).executeTakeFirst();
  return row ? ((await withJournals(tx, [row]))[0] ?? null) : null;
}

async function listRuns(tx: ReadTx, page: Parameters<RunStore["list"]>[0]): Promise<readonly Run[]> {
  let rows = runRows(tx);
  if (page.before !== undefined) {
    const before = page.before;
    const last = await tx.selectFrom("runs").select("started_at").where("id", "=", before).executeTakeFirst();
    if (!last) throw unknownRun();
    rows = rows.where((is) =>
      is.or([
        is("runs.started_at", "<", last.started_at),
        is.and([is("runs.started_at", "=", last.started_at), is("runs.id", "<", before)]),
      ]),
    );
  }
  const found = await rows
    .orderBy("runs.started_at", "desc")
    .orderBy("runs.id", "desc")
    .limit(page.limit)
    .execute();
  return await withJournals(tx, found);
}

function runRows(tx: ReadTx) {
  return tx
    .selectFrom("runs")
    .innerJoin("plans", "plans.id", "runs.plan_id")
    .select([
      "runs.id",
      "runs.state",
      "runs.evidence",
      "runs.started_at",
      "runs.ended_at",
      "plans.plan",
      "plans.decision",
    ]);
}

type RunRow = Awaited<ReturnType<ReturnType<typeof runRows>["execute"]>>[number];

async function withJournals(tx: ReadTx, rows: readonly RunRow[]): Promise<readonly Run[]> {
  const journals = await journalsOf(
    tx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const plan = JSON.parse(row.plan) as Plan;
    const journal = journals.get(row.id) ?? [];
    return {
      id: row.id,
      plan,
      decision: row.decision === null ? null : (JSON.parse(row.decision) as Decision),
      state: row.state,
      effects: foldJournal(plan.effects, journal),
      evidence: row.evidence === null ? null : (JSON.parse(row.evidence) as Evidence),
      requests: journal.at(-1)?.requests ?? 0,
      startedAt: row.started_at,
      endedAt: row.ended_at,
    };
  });
}

/**
 * A run's effects as its journal tells them, in the plan's order: the last record gives state and error, `attempts`
 * counts the `sent` records, `sentAt` is the newest of them, `settledAt` the last record's time where it settles.
 */
export function foldJournal(
  effects: readonly Effect[],
  journal: readonly JournalEntry[],
): readonly RunEffect[] {
  const folded = effects.map(pending);
  for (const entry of journal) {
    const known = folded[entry.index];
    if (known) folded[entry.index] = advance(known, entry);
  }
  return folded;
}

function pending(effect: Effect, index: number): RunEffect {
  return { index, effect, state: "pending", attempts: 0, sentAt: null, settledAt: null, error: null };
}

function advance(known: RunEffect, entry: JournalEntry): RunEffect {
  const sent = entry.state === "sent";
  const settles = entry.state === "applied" || entry.state === "already" || entry.state === "failed";
  return {
    ...known,
    state: entry.state,
    attempts: known.attempts + (sent ? 1 : 0),
    sentAt: sent ? entry.at : known.sentAt,
    settledAt: settles ? entry.at : null,
    error: entry.error,
  };
}
