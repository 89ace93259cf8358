import { type Facts, factsOf } from "../domain/audit.ts";
import type { Decision } from "../domain/confirmation.ts";
import { isDone, type RunEffect } from "../domain/run.ts";
import { finishedFacts, startedFacts, stoppedFacts } from "./events.ts";
import { type JournalRow, journalRows, sealRows } from "./journal-seal.ts";
import { evidenceFromJson, planFromJson, readFailure } from "./old-shapes.ts";
import { agrees, readable, type Recorded, type RecordedRun } from "./recorded.ts";
import { entryOf, foldJournal } from "./run-effects.ts";
import type { ReadTx, Tables } from "./schema.ts";
import type { JournalEntry } from "./store.ts";
import { isSealed } from "./verify-plans.ts";

/** One sentence for each run, evidence and journal that does not agree with the audit log. */
export async function changedRuns(
  tx: ReadTx,
  { runs, plans, deleted }: Recorded,
): Promise<readonly string[]> {
  const changed: string[] = [];
  const ids = await tx.selectFrom("runs").select("id").orderBy("started_at").orderBy("id").execute();
  for (const { id } of ids) {
    const recorded = runs.get(id);
    const plan = plans.get(recorded?.planId ?? "");
    changed.push(...(await changesOf(tx, id, recorded, plan !== undefined && isSealed(plan))));
    if (deleted.has(id))
      changed.push(`Run ${id} is in the store, although the audit log says that it was deleted.`);
  }
  const there = new Set(ids.map(({ id }) => id));
  const removed = [...runs.keys()]
    .filter((id) => !there.has(id) && !deleted.has(id))
    .map((id) => `Run ${id} was removed.`);
  return [...changed, ...removed, ...(await ownerless(tx, there))];
}

async function changesOf(
  tx: ReadTx,
  id: string,
  recorded: RecordedRun | undefined,
  hasTimes: boolean,
): Promise<readonly string[]> {
  const run = await tx.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  if (!recorded?.started || recorded.planId !== run.plan_id)
    return [`Run ${id} has no record in the audit log.`];
  const stored = await tx
    .selectFrom("plans")
    .select(["plan", "decision"])
    .where("id", "=", run.plan_id)
    .executeTakeFirst();
  const rows = await journalRows(tx, id);
  const compared = stored && readable(() => compare(run, { recorded, hasTimes, rows, ...stored }));
  // If the run's plan cannot be read, the run cannot be compared. The check of plans reports the plan itself.
  if (!compared) return [`The plan of run ${id} cannot be read.`];
  const changed = [...compared.changed];
  if (!isJournal(rows, recorded) || !(await isIndex(tx, id, compared.effects)))
    changed.push(`The journal of run ${id} was changed after it was written.`);
  return changed;
}

interface Compared {
  readonly changed: readonly string[];
  /** The rows that the table `effects` should have: each effect with the state from the journal. */
  readonly effects: readonly IndexRow[];
}

function compare(
  run: Tables["runs"],
  found: {
    readonly recorded: RecordedRun;
    readonly hasTimes: boolean;
    readonly rows: readonly JournalRow[];
    readonly plan: string;
    readonly decision: string | null;
  },
): Compared {
  const { recorded, hasTimes } = found;
  const { id } = run;
  const plan = planFromJson(found.plan);
  const { decision: text } = found;
  const decision = text === null ? null : readable(() => JSON.parse(text) as Decision);
  const effects = foldJournal(plan.effects, found.rows.flatMap(entriesOf));
  const changed: string[] = [];
  if (
    !recorded.started ||
    !agrees(factsOf(recorded.started), startedFacts(plan, id, decision)) ||
    run.principal !== plan.principal.id ||
    run.effects !== plan.effects.length ||
    run.tool !== plan.tool ||
    run.summary !== plan.summary ||
    (hasTimes && run.started_at !== recorded.started.at)
  )
    changed.push(`Run ${id} was changed after it was started.`);
  if (!recorded.finished && run.evidence !== null)
    changed.push(`The end of run ${id} has no record in the audit log.`);
  else if (!readable(() => isEnd(run, recorded, effects)) || (hasTimes && run.ended_at !== endOf(recorded)))
    changed.push(`The evidence of run ${id} was changed after it was stored.`);
  return { changed, effects: effects.map(indexRow) };
}

function isEnd(
  run: Tables["runs"],
  { finished, stopped, states }: RecordedRun,
  effects: readonly RunEffect[],
): boolean {
  if (!states.includes(run.state)) return false;
  if (stopped ? !isReason(run, factsOf(stopped)) : run.stopped !== null) return false;
  if (!finished) return run.evidence === null && run.result === null;
  if (run.evidence === null) return false;
  const evidence = evidenceFromJson(run.evidence);
  const end = { runId: run.id, state: run.state, evidence, effects };
  // Earlier versions stored evidence without a result for some runs. Such evidence counts as INCOMPLETE.
  const { evidence: result = "INCOMPLETE", ...said } = factsOf(finished);
  return (
    agrees(said, finishedFacts(end, run.evidence)) &&
    evidence.result === (result ?? "INCOMPLETE") &&
    run.result === evidence.result
  );
}

/** The time at which the run ended, according to the audit log; null if the log does not have the end of the run. */
function endOf({ finished, stopped }: RecordedRun): string | null {
  return finished?.at ?? stopped?.at ?? null;
}

function isReason(run: Tables["runs"], said: Facts): boolean {
  const { id, stopped } = run;
  const why = readFailure(stopped);
  return stopped !== null && why !== null && agrees(said, stoppedFacts(id, why, stopped));
}

/**
 * Whether the journal is complete: its records are numbered without a gap and agree with the hashes in the audit log,
 * and no record is after the end of the run.
 */
function isJournal(rows: readonly JournalRow[], { seals, finished }: RecordedRun): boolean {
  const last = seals.at(-1);
  return (
    rows.every(({ n }, index) => n === index + 1) &&
    rows.every((row) => entriesOf(row).length === 1) &&
    seals.every(({ records, hash }) => sealRows(rows.slice(0, records)).hash === hash) &&
    (!finished || !last || last.records === rows.length)
  );
}

type IndexRow = readonly (string | number | null)[];

function indexRow(each: RunEffect): IndexRow {
  const { op, target } = each.effect;
  const settledAt = isDone(each) ? each.settledAt : null;
  return [each.index, op, target["idOrganization"] || null, each.state, each.sentAt, settledAt];
}

/**
 * Whether the table `effects` has every effect in the state that the journal shows. For newer journal records, whose
 * hash is not in the audit log yet, this is the only check.
 */
async function isIndex(tx: ReadTx, runId: string, expected: readonly IndexRow[]): Promise<boolean> {
  const rows = await tx
    .selectFrom("effects")
    .select(["effect", "op", "id_organization", "state", "sent_at", "applied_at"])
    .where("run_id", "=", runId)
    .orderBy("effect")
    .execute();
  const found = rows.map((row) => [
    row.effect,
    row.op,
    row.id_organization,
    row.state,
    row.sent_at,
    row.applied_at,
  ]);
  return JSON.stringify(found) === JSON.stringify(expected);
}

/** The entry in a row of the journal, as a list. The list is empty if the failure in the row cannot be read. */
function entriesOf(row: JournalRow): readonly JournalEntry[] {
  return [readable(() => entryOf(row)) ?? []].flat();
}

/** Journal records and effects whose run does not exist. */
async function ownerless(tx: ReadTx, there: ReadonlySet<string>): Promise<readonly string[]> {
  const journal = await tx.selectFrom("journal").select("run_id").distinct().execute();
  const effects = await tx.selectFrom("effects").select("run_id").distinct().execute();
  const ids = new Set([...journal, ...effects].map(({ run_id }) => run_id));
  return [...ids].filter((id) => !there.has(id)).map((id) => `The journal of run ${id} has no run.`);
}
