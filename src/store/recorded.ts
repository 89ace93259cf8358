import type { PlanState } from "../domain/decision-rules.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { RunState } from "../domain/run.ts";
import type { JournalSeal } from "./journal-seal.ts";
import { type AuditEvent, type Facts, factsOf } from "../domain/audit.ts";

/** What the audit records say about one plan, up to the plan's last record. */
export interface RecordedPlan {
  held: AuditEvent | null;
  decided: Facts | null;
  state: PlanState;
}

/** What the audit records say about one run, up to the run's last record. */
export interface RecordedRun {
  planId: string;
  started: AuditEvent | null;
  stopped: AuditEvent | null;
  finished: AuditEvent | null;
  /**
   * The states that the run may have, as the audit log shows it. There can be several: for example, records of earlier
   * versions do not show whether a paused run was cancelled.
   */
  states: readonly RunState[];
  /**
   * The seals of the run's journal in the audit log, oldest first. A seal is the number of journal records and their
   * hash.
   */
  readonly seals: JournalSeal[];
}

const OPEN: readonly RunState[] = ["running", "verifying"];

/** What the audit log says about plans, runs and named reviews. Each is found by its id. */
export interface Recorded {
  readonly plans: Map<string, RecordedPlan>;
  readonly runs: Map<string, RecordedRun>;
  /** All audit records of each named review, oldest first. */
  readonly reviews: Map<string, readonly AuditEvent[]>;
  /** The ids of plans, runs and named reviews that were deleted because of their age. */
  readonly deleted: Set<string>;
}

export function newRecorded(): Recorded {
  return { plans: new Map(), runs: new Map(), reviews: new Map(), deleted: new Set() };
}

/** Reads the next record of the audit log, and adds what it says to `recorded`. */
export function addRecord(recorded: Recorded, event: AuditEvent): void {
  const { plans, runs, reviews } = recorded;
  if (event.event === "retention.deleted") addDeleted(recorded, event);
  const of = event.event.slice(0, event.event.indexOf("."));
  const said = factsOf(event);
  if (of === "review") reviews.set(event.subject, [...(reviews.get(event.subject) ?? []), event]);
  if (of !== "plan" && of !== "run") return;
  const plan = plans.get(event.subject) ?? { held: null, decided: null, state: "waiting" };
  plans.set(event.subject, plan);
  if (event.event === "plan.held") plan.held = event;
  if (event.event === "plan.decided") {
    plan.decided = said;
    plan.state = said["accepted"] === true ? "accepted" : "declined";
  }
  if (event.event === "plan.stale") plan.state = "void";
  if (of === "run") addRunRecord(runs, event, said, plan);
}

/**
 * Some audit records say that old plans, runs and named reviews were deleted. Such a record is believed only about
 * those that had ended before the time limit in the record. If a younger plan, run or review is missing, this is still
 * reported.
 */
function addDeleted({ plans, runs, reviews, deleted }: Recorded, event: AuditEvent): void {
  const said = factsOf(event);
  const before = typeof said["before"] === "string" ? said["before"] : "";
  if (before >= event.at) return;
  const named = (kind: string) =>
    (Array.isArray(said[kind]) ? (said[kind] as readonly Json[]) : []).filter((id) => typeof id === "string");
  const ended = {
    plans: (id: string) => plans.get(id)?.held?.at,
    runs: (id: string) => (runs.get(id)?.finished ?? runs.get(id)?.stopped)?.at,
    reviews: (id: string) => reviews.get(id)?.at(-1)?.at,
  };
  for (const [kind, endOf] of Object.entries(ended))
    for (const id of named(kind)) {
      const at = endOf(id);
      if (at !== undefined && at < before) deleted.add(id);
    }
}

function addRunRecord(runs: Recorded["runs"], event: AuditEvent, said: Facts, plan: RecordedPlan): void {
  const id = typeof said["run"] === "string" ? said["run"] : "";
  const run = runs.get(id) ?? newRun(event.subject);
  runs.set(id, run);
  if (event.event === "run.started") {
    Object.assign(run, { started: event, planId: event.subject });
    plan.state = "used";
  }
  if (event.event === "run.resumed") run.states = OPEN;
  if (event.event === "run.paused") run.states = pausedStates(said["state"]);
  if (event.event === "run.stopped") Object.assign(run, { stopped: event, states: ["stopped"] });
  if (event.event === "run.finished") Object.assign(run, { finished: event, states: [said["state"]] });
  const seal = sealIn(said["journal"]);
  if (seal) run.seals.push(seal);
}

function newRun(planId: string): RecordedRun {
  return { planId, started: null, stopped: null, finished: null, states: OPEN, seals: [] };
}

function pausedStates(said: Json | undefined): readonly RunState[] {
  if (said === "cancelled") return ["cancelled"];
  return said === undefined ? [...OPEN, "cancelled"] : OPEN;
}

function sealIn(said: Json | undefined): JournalSeal | null {
  if (said === undefined || said === null || typeof said !== "object") return null;
  const { records, hash } = said as Facts;
  return typeof records === "number" && typeof hash === "string" ? { records, hash } : null;
}

/**
 * Whether the facts in an audit record agree with the facts in the store. A record of an earlier version may have fewer
 * facts.
 */
export function agrees(said: Facts, now: Facts): boolean {
  return Object.entries(said).every(
    ([name, value]) => !(name in now) || canonicalJson(value) === canonicalJson(now[name] ?? null),
  );
}

/**
 * Calls `read` and returns its result. null if `read` throws, because then this program did not write the stored text.
 */
export function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
