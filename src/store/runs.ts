import type { Decision } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import { type LeftRun, type Run, type RunSummary, unknownRun } from "../domain/run.ts";
import { listApplied } from "./applied.ts";
import { begunSince } from "./begun.ts";
import { countDestructive, losersSince } from "./destructive.ts";
import { recordFinished } from "./events.ts";
import { appendEntry, journalOf } from "./journal.ts";
import { sealJournal } from "./journal-seal.ts";
import { assertNotStopped, createLeases, heldBy, planBehind, UNFINISHED } from "./leases.ts";
import { evidenceFromJson, planFromJson, readFailure } from "./old-shapes.ts";
import { foldJournal } from "./run-effects.ts";
import { type Database, instant, type ReadTx } from "./schema.ts";
import type { RunStore } from "./store.ts";

/** Stored runs: their state, their journal, and which process works on each run. */
export function createRunStore(database: Database): RunStore {
  return {
    ...createLeases(database),
    get: (id) => database.read((tx) => findRun(tx, id)),
    list: (page) => database.read((tx) => listRuns(tx, page)),
    left: (now, since) => database.read(async (tx) => listLeft(tx, await database.now(tx, now), since)),
    async counts() {
      const rows = await database.read((tx) =>
        tx
          .selectFrom("runs")
          .select(({ fn }) => ["state", fn.countAll<number | string>().as("count")])
          .groupBy("state")
          .execute(),
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
    },
    journal: (id) => database.read((tx) => journalOf(tx, id)),
    async append(runId, owner, entry) {
      const n = await database.write((tx) => appendEntry(tx, database.now, runId, owner, entry));
      // Reads the journal record back from the disk, to be sure that it was stored. If the record were lost, the
      // request could be sent twice, or never be reported.
      if (entry.state !== "sent") return;
      const kept = await database.readAnew((tx) =>
        tx
          .selectFrom("journal")
          .select("state")
          .where("run_id", "=", runId)
          .where("n", "=", n)
          .executeTakeFirst(),
      );
      if (kept?.state !== "sent") throw notKept();
    },
    setState: (runId, holder, state) =>
      database.write(async (tx) => {
        assertNotStopped(await heldBy(tx, runId, holder));
        await tx.updateTable("runs").set({ state }).where("id", "=", runId).execute();
      }),
    async finish(runId, holder, { state, evidence, at }) {
      const ended = await database.write(async (tx) => {
        assertNotStopped(await heldBy(tx, runId, holder));
        const text = JSON.stringify(evidence);
        await tx
          .updateTable("runs")
          .set({
            state,
            evidence: text,
            result: evidence.result,
            ended_at: instant(at),
            owner: null,
            lease_until: null,
          })
          .where("id", "=", runId)
          .execute();
        const run = await findRun(tx, runId);
        if (!run) throw unknownRun();
        const journal = await sealJournal(tx, runId);
        const facts = { runId, at, state, evidence, effects: run.effects, journal };
        await recordFinished(tx, run.plan, facts, text);
        return run;
      });
      const kept = await database.readAnew((tx) => findRun(tx, runId));
      if (kept?.state !== state) throw notKept();
      return ended;
    },
    applied: (query) => database.read((tx) => listApplied(tx, query)),
    destructiveSince: (since, ...whose) =>
      database.read((tx) => countDestructive(tx, instant(since), ...whose)),
    losersSince: (since, ...whose) => database.read((tx) => losersSince(tx, instant(since), ...whose)),
    begun: (since, except) => database.read((tx) => begunSince(tx, since, except)),
  };
}

function notKept(): AppError {
  return new AppError("STORE_FAILED", "The store lost a record that was just written to it.", {
    next: "Stop this server and check the file of IDENTITY_STORE_URL and its disk.",
    applied: "unknown",
  });
}

async function findRun(tx: ReadTx, id: string): Promise<Run | null> {
  const row = await tx
    .selectFrom("runs")
    .innerJoin("plans", "plans.id", "runs.plan_id")
    .select([
      "runs.id",
      "runs.state",
      "runs.evidence",
      "runs.stopped",
      "runs.started_at",
      "runs.ended_at",
      "plans.plan",
      "plans.decision",
    ])
    .where("runs.id", "=", id)
    .executeTakeFirst();
  if (!row) return null;
  const plan = planFromJson(row.plan);
  const journal = await journalOf(tx, id);
  return {
    id: row.id,
    plan,
    decision: row.decision === null ? null : (JSON.parse(row.decision) as Decision),
    state: row.state,
    effects: foldJournal(plan.effects, journal),
    evidence: row.evidence === null ? null : evidenceFromJson(row.evidence),
    stopped: readFailure(row.stopped),
    requests: journal.at(-1)?.requests ?? 0,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

async function listRuns(tx: ReadTx, page: Parameters<RunStore["list"]>[0]): Promise<readonly RunSummary[]> {
  const { principal, limit, before } = page;
  let rows = summaries(tx);
  if (principal !== undefined) rows = rows.where("principal", "=", principal);
  if (before !== undefined) {
    const last = await tx
      .selectFrom("runs")
      .select(["principal", "started_at"])
      .where("id", "=", before)
      .executeTakeFirst();
    if (!last || last.principal !== (principal ?? last.principal)) {
      throw new AppError("INPUT_INVALID", "The cursor is not from this server.", {
        next: "Copy the cursor of the last page without changes, or call without a cursor to start again.",
      });
    }
    rows = rows.where((is) => is(is.refTuple("started_at", "id"), "<", is.tuple(last.started_at, before)));
  }
  const found = await rows.orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute();
  return found.map(summaryOf);
}

/** See `RunStore.left`. */
async function listLeft(tx: ReadTx, now: string, since: string): Promise<readonly LeftRun[]> {
  const found = await summaries(tx)
    .where((is) =>
      is.or([
        is.and([
          is("state", "in", [...UNFINISHED]),
          is.or([is("owner", "is", null), is("lease_until", "<=", now)]),
        ]),
        is.and([is("state", "=", "stopped"), is("ended_at", ">=", instant(since))]),
      ]),
    )
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return await Promise.all(
    found.map(async (row) => ({
      ...summaryOf(row),
      principal: (await planBehind(tx, row.id)).principal,
    })),
  );
}

function summaries(tx: ReadTx) {
  return tx
    .selectFrom("runs")
    .select(["id", "plan_id", "tool", "summary", "state", "effects", "result", "stopped"])
    .select(["started_at", "ended_at"])
    .select(({ selectFrom, fn }) =>
      selectFrom("effects")
        .select(fn.countAll().as("done"))
        .whereRef("effects.run_id", "=", "runs.id")
        .where("effects.state", "in", ["applied", "already"])
        .as("done"),
    );
}

function summaryOf(row: Awaited<ReturnType<ReturnType<typeof summaries>["execute"]>>[number]): RunSummary {
  return {
    id: row.id,
    planId: row.plan_id,
    tool: row.tool,
    summary: row.summary,
    state: row.state,
    done: Number(row.done),
    total: row.effects,
    result: row.result,
    stopped: readFailure(row.stopped),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
