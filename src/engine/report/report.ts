import type { Json } from "../../domain/json.ts";
import type { Run } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import type { EvidenceRecord, EvidenceReport, EvidenceResult, RecordedEffect } from "./record.ts";

const LONGEST_LINE = 500;
const LONGEST_NAME = 200;

const line = (text: string): string => clean(text, LONGEST_LINE);
const name = (text: string): string => clean(text, LONGEST_NAME);

/** The evidence of a run as plain data: what `evidenceMarkdown` and `evidenceHtml` show, and JSON says as it is. */
export function reportOf(run: Run): EvidenceReport {
  const record = recordOf(run);
  return { title: record.summary, result: record.result, runs: [record] };
}

/** The evidence of several runs that did one job, under a title; PASS only where each of them is. */
export function joinReports(title: string, reports: readonly EvidenceReport[]): EvidenceReport {
  const runs = reports.flatMap((report) => report.runs);
  const results = runs.map(({ result }) => result);
  const result = results.length === 0 || results.includes("INCOMPLETE") ? "INCOMPLETE" : "PASS";
  return {
    title: line(title),
    result: result === "PASS" && results.includes("PENDING") ? "PENDING" : result,
    runs,
  };
}

function recordOf(run: Run): EvidenceRecord {
  const { plan, decision, evidence } = run;
  const result = resultOf(run);
  return {
    runId: name(run.id),
    result,
    state: run.state,
    tool: plan.tool,
    summary: line(plan.summary),
    askedBy: {
      id: name(plan.principal.id),
      name: name(plan.principal.name),
      client: name(plan.principal.client),
    },
    reason: plan.reason === null ? null : line(plan.reason),
    ticket: plan.ticket === null ? null : name(plan.ticket),
    requires: plan.requires,
    decision: decision && { by: name(decision.by), level: decision.level, at: decision.at },
    planId: name(plan.id),
    digest: name(plan.digest),
    plannedAt: plan.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    checkedAt: evidence?.checkedAt ?? null,
    requests: evidence?.requests ?? null,
    effects: effectsOf(run),
    remaining: result === "PASS" ? [] : remainingOf(run),
    blindSpots: (evidence ?? plan).blindSpots.map(line),
    remains: (evidence ?? plan).remains.map(line),
    told: [...plan.warnings, ...plan.impact.notes, ...irreversible(plan.impact.irreversible)].map(line),
  };
}

/** PASS needs both: the run did all of its work, and reading everything again confirmed it. */
function resultOf({ state, evidence }: Run): EvidenceResult {
  if (state === "running" || state === "verifying") return "PENDING";
  return state === "applied" && evidence?.result === "PASS" ? "PASS" : "INCOMPLETE";
}

function effectsOf({ effects, evidence }: Run): RecordedEffect[] {
  return effects.map(({ index, effect, state, attempts, sentAt, settledAt, error }) => ({
    description: line(effect.description),
    op: effect.op,
    id: name(effect.id),
    before: cleaned(effect.before),
    after: cleaned(effect.after),
    reversible: effect.reversible,
    state,
    // Checks are made in the order of the effects.
    confirmed: evidence?.checks[index]?.holds ?? null,
    attempts,
    sentAt,
    settledAt,
    error: error === null ? null : line(error),
  }));
}

function remainingOf({ state, effects, evidence }: Run): string[] {
  if (evidence !== null && evidence.remaining.length > 0) return evidence.remaining.map(line);
  if (evidence !== null) return [`Every change holds, but the run ended as ${state}.`];
  const open = effects.filter(({ state }) => state !== "applied" && state !== "already").length;
  const left = `${open} of ${effects.length} changes are not known to be made`;
  return state === "running" || state === "verifying"
    ? [`The run has not ended: ${left}, and nothing has been read again yet.`]
    : [`The run ended as ${state}: ${left}, and nothing was read again afterwards.`];
}

function irreversible(count: number): readonly string[] {
  return count === 0
    ? []
    : [`${count} ${count === 1 ? "change" : "changes"} cannot be undone by this product.`];
}

type Cleaned = RecordedEffect["before"];

/** A captured state with every string in it cleaned: names in it come from strangers. */
function cleaned(value: Json): Cleaned {
  if (typeof value === "string") return name(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(cleaned);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [name(key), cleaned(member)]));
}
