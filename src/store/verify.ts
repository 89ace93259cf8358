import type { Json } from "../domain/json.ts";
import { type ChainEnd, eventOf, follow, GENESIS, keptEnd, pageAfter } from "./chain.ts";
import { textHash } from "./events.ts";
import { journalOf } from "./journal.ts";
import { digestOfVersion1, planFromJson } from "./old-shapes.ts";
import { foldJournal } from "./runs.ts";
import type { ReadTx } from "./schema.ts";
import type { AuditEvent, Verified } from "./store.ts";

const PAGE = 500;

type Facts = { readonly [key: string]: Json };

/**
 * What the chain records about plans and runs, by their ids. If there are several records of a kind, the last one.
 */
interface Told {
  readonly held: Map<string, Facts>;
  readonly decided: Map<string, Facts>;
  /** By run, with the id of its plan. */
  readonly started: Map<string, string>;
  readonly finished: Map<string, Facts>;
}

/**
 * Checks the chain, and compares plans, decisions, evidence and journals with it. `head` is the last
 * record of the chain at an earlier time, as `SEQ:HASH` or only the hash. If records were removed or changed since, the
 * chain no longer contains it.
 */
export async function verifyStore(tx: ReadTx, head: string | undefined): Promise<Verified> {
  const told: Told = { held: new Map(), decided: new Map(), started: new Map(), finished: new Map() };
  let end: ChainEnd = { seq: 0, hash: GENESIS };
  let hasHead = head === undefined || isHead(head, end);
  for (;;) {
    const page = await pageAfter(tx, end.seq, PAGE);
    const followed = follow(end, page);
    if ("broken" in followed)
      return { ...answer(end, hasHead), records: followed.fitting.seq, broken: followed.broken };
    for (const record of page) {
      hasHead ||= head !== undefined && isHead(head, record);
      note(told, eventOf(record.body));
    }
    end = followed;
    if (page.length < PAGE) break;
  }
  const kept = await keptEnd(tx);
  if (kept.seq !== end.seq || kept.hash !== end.hash) {
    // The store writes the chain and its end together. If they differ, someone changed the chain outside this
    // product.
    const broken = kept.seq === end.seq ? end.seq : Math.min(kept.seq, end.seq) + 1;
    return { ...answer(end, hasHead), records: broken - 1, broken };
  }
  const changed = [...(await changedPlans(tx, told)), ...(await changedRuns(tx, told))];
  return { ...answer(end, hasHead), changed };
}

function answer(end: ChainEnd, hasHead: boolean): Verified {
  return { records: end.seq, broken: null, changed: [], head: `${end.seq}:${end.hash}`, hasHead };
}

function isHead(head: string, { seq, hash }: ChainEnd): boolean {
  return head === hash || head === `${seq}:${hash}`;
}

function note(told: Told, { event, subject, facts }: AuditEvent): void {
  // A record whose hash fits can still be false, because its writer could compute the hash too.
  const said = (facts ?? {}) as Facts;
  const run = typeof said["run"] === "string" ? said["run"] : "";
  if (event === "plan.held") told.held.set(subject, said);
  if (event === "plan.decided") told.decided.set(subject, said);
  if (event === "run.started") told.started.set(run, subject);
  if (event === "run.finished") told.finished.set(run, said);
}

async function changedPlans(tx: ReadTx, { held, decided }: Told): Promise<readonly string[]> {
  const changed: string[] = [];
  const ids = await tx.selectFrom("plans").select("id").orderBy("created_at").orderBy("id").execute();
  for (const { id } of ids) {
    // Plans are read one at a time, because a plan can be large.
    const row = await tx.selectFrom("plans").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    const said = held.get(id);
    if (!said) changed.push(`Plan ${id} has no record in the chain.`);
    else if (!isPlan(row.plan, said)) changed.push(`Plan ${id} was changed after it was stored.`);
    const word = decided.get(id);
    if (!word && row.decision !== null)
      changed.push(`The decision on plan ${id} has no record in the chain.`);
    else if (word && !isDecision(row, word))
      changed.push(`The decision on plan ${id} was changed after it was made.`);
  }
  const there = new Set(ids.map(({ id }) => id));
  return [...changed, ...missing(held.keys(), there, "Plan")];
}

function isPlan(text: string, said: Facts): boolean {
  if (typeof said["hash"] === "string") return said["hash"] === textHash(text);
  const plan = planFromJson(text);
  return said["digest"] === plan.digest && plan.digest === digestOfVersion1(text);
}

function isDecision(row: { readonly decision: string | null; readonly state: string }, said: Facts): boolean {
  const taken =
    row.state === "declined" ? said["accepted"] === false : said["accepted"] === true || row.state === "void";
  if (!taken || row.decision === null || row.state === "waiting") return false;
  if (typeof said["hash"] === "string") return said["hash"] === textHash(row.decision);
  const decision = JSON.parse(row.decision) as Facts;
  return ["accepted", "level", "by", "digest"].every((name) => decision[name] === said[name]);
}

async function changedRuns(tx: ReadTx, { started, finished }: Told): Promise<readonly string[]> {
  const changed: string[] = [];
  const rows = await tx
    .selectFrom("runs")
    .select(["id", "plan_id", "state", "evidence"])
    .orderBy("started_at")
    .orderBy("id")
    .execute();
  for (const { id, plan_id, state, evidence } of rows) {
    if (started.get(id) !== plan_id) changed.push(`Run ${id} has no record in the chain.`);
    const said = finished.get(id);
    if (!said && evidence !== null) changed.push(`The end of run ${id} has no record in the chain.`);
    if (!said) continue;
    const hash = said["hash"];
    if (
      evidence === null ||
      state !== said["state"] ||
      (JSON.parse(evidence) as Facts)["result"] !== (said["evidence"] ?? "INCOMPLETE") ||
      (typeof hash === "string" && hash !== textHash(evidence))
    )
      changed.push(`The evidence of run ${id} was changed after it was stored.`);
    else if (!(await isJournal(tx, id, plan_id, said["effects"])))
      changed.push(`The journal of run ${id} was changed after it was written.`);
  }
  return [...changed, ...missing(started.keys(), new Set(rows.map(({ id }) => id)), "Run")];
}

/** Whether the journal shows the effects as the record of the run's end does. Some old records have no effects. */
async function isJournal(
  tx: ReadTx,
  runId: string,
  planId: string,
  said: Json | undefined,
): Promise<boolean> {
  if (said === undefined) return true;
  const row = await tx.selectFrom("plans").select("plan").where("id", "=", planId).executeTakeFirst();
  if (!row) return true;
  const effects = foldJournal(planFromJson(row.plan).effects, await journalOf(tx, runId));
  return (
    JSON.stringify(effects.map(({ effect, state, attempts }) => [effect.op, effect.id, state, attempts])) ===
    JSON.stringify(
      (said as readonly Facts[]).map((each) => [each["op"], each["id"], each["state"], each["attempts"]]),
    )
  );
}

function missing(said: Iterable<string>, there: ReadonlySet<string>, what: string): readonly string[] {
  return [...said].filter((id) => !there.has(id)).map((id) => `${what} ${id} was removed.`);
}
