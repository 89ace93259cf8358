import { z } from "zod";
import { sentenceOf } from "../domain/error.ts";
import type { Decision } from "../domain/confirmation.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import {
  type Result,
  resultOf,
  RESULTS,
  type Run,
  STATUS_BY_RESULT,
  waitingLines,
  worstOf,
} from "../domain/run.ts";
import { clean, plural } from "../domain/text.ts";
import { namesInStates } from "./state-names.ts";

const LONGEST_LINE = 500;
const LONGEST_NAME = 200;

const line = (text: string): string => clean(text, LONGEST_LINE);
const name = (text: string): string => clean(text, LONGEST_NAME);

/** The evidence of a run as data. The JSON form is this data; Markdown and HTML are made from it. */
export function reportOf(run: Run): EvidenceReport {
  const record = recordOf(run);
  return { title: record.summary, result: record.result, runs: [record] };
}

/**
 * Joins the evidence of several runs that together did one job. The result is the worst of their results. `title`: the
 * title of the job.
 */
export function joinReports(title: string, reports: readonly EvidenceReport[]): EvidenceReport {
  const runs = reports.flatMap((report) => report.runs);
  return { title: line(title), result: worstOf(runs.map(({ result }) => result)), runs };
}

function recordOf(run: Run): EvidenceRecord {
  const { plan, decision, evidence } = run;
  const waits = waitingLines(run);
  const result =
    waits.length > 0 ? "INCOMPLETE" : resultOf({ state: run.state, result: evidence?.result ?? null });
  return {
    runId: name(run.id),
    result,
    state: run.state,
    tool: plan.tool,
    summary: line(plan.summary),
    askedBy: {
      // This id is never shortened, because the shortened id could belong to another person.
      id: clean(plan.principal.id, 1000),
      name: name(plan.principal.name),
      client: name(plan.principal.client),
    },
    reason: plan.reason === null ? null : line(plan.reason),
    ticket: plan.ticket === null ? null : name(plan.ticket),
    requires: plan.requires,
    decision: decision && {
      by: name(decision.by),
      level: decision.level,
      at: decision.at,
      restsOn: restsOnText(decision, plan),
    },
    planId: name(plan.id),
    digest: name(plan.digest),
    plannedAt: plan.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    checkedAt: evidence?.checkedAt ?? null,
    requests: evidence?.requests ?? null,
    names: Object.fromEntries([...namesInStates(plan)].map(([id, text]) => [name(id), name(text)])),
    effects: effectsOf(run),
    unfinished: (waits.length > 0 ? waits : unfinishedOf(run, result)).map(line),
    unverified: (evidence?.unverified ?? []).map(line),
    blindSpots: (evidence ?? plan).blindSpots.map(line),
    untouched: (evidence ?? plan).untouched.map(line),
    told: [...plan.warnings, ...plan.impact.notes, ...irreversible(plan.impact.irreversible)].map(line),
  };
}

/** In a few words: what proves that a person approved the plan and had the right to approve it. */
export function restsOnText(
  { level, subject, scope }: Pick<Decision, "level" | "subject" | "scope">,
  { approvers }: Pick<Plan, "approvers">,
): string {
  if (level === "two_step") return "the caller alone; no person was asked";
  if (level === "client") return "an answer through the client; this server cannot check who gave it";
  if (subject === undefined) return "a user account on the machine of this server";
  const right = approvers.length > 0 ? "the approvers' list of the policy" : (scope ?? "no scope");
  // This id is never shortened, because the shortened id could belong to another person.
  return `a sign-in as ${clean(subject, 1000)}, allowed by ${right}`;
}

function effectsOf({ effects, evidence }: Run): RecordedEffect[] {
  return effects.map(({ index, effect, state, attempts, sentAt, settledAt, error }) => ({
    description: line(effect.description),
    op: effect.op,
    id: name(effect.id),
    card: effect.place?.kind === "card" ? name(effect.place.id) : null,
    before: cleaned(effect.before),
    after: cleaned(effect.after),
    reversible: effect.reversible,
    state,
    // The list `checks` has the same order as the list of effects, so an effect and its check have the same index.
    confirmed: evidence?.checks[index]?.holds ?? null,
    attempts,
    sentAt,
    settledAt,
    error: error && line(sentenceOf(error)),
  }));
}

function unfinishedOf({ state, effects, evidence, stopped }: Run, result: Result): readonly string[] {
  if (evidence !== null && evidence.unfinished.length > 0) return evidence.unfinished;
  if (STATUS_BY_RESULT[result] === "applied") return [];
  if (evidence !== null)
    return [`Every change was found when it was read again, but the run ended as ${state}.`];
  const open = effects.filter(({ state }) => state !== "applied" && state !== "already").length;
  const left = `it is not certain that ${open} of ${plural(effects.length, "change")} were made`;
  return state === "running" || state === "verifying"
    ? [`The run has not ended: ${left}, and nothing has been read again yet.`]
    : [
        ...(stopped ? [sentenceOf(stopped)] : []),
        `The run ended as ${state}: ${left}, and nothing was read again afterwards.`,
      ];
}

function irreversible(count: number): readonly string[] {
  return count === 0 ? [] : [`${plural(count, "change")} cannot be undone by this product.`];
}

type Cleaned = RecordedEffect["before"];

/**
 * The state before or after an effect. Control characters are removed from its texts, because strangers can choose the
 * names in it.
 */
function cleaned(value: Json): Cleaned {
  if (typeof value === "string") return name(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(cleaned);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [name(key), cleaned(member)]));
}

const evidenceResult = z.enum(RESULTS);

const recordedEffect = z.object({
  description: z.string(),
  op: z.string(),
  /** The ids of the changed resource, for example `<idBoard>/<idMember>`. */
  id: z.string(),
  /** The id of the changed card; null if the change is about something else. */
  card: z.string().nullable(),
  before: z.json(),
  after: z.json(),
  reversible: z.boolean(),
  state: z.enum(["pending", "sent", "applied", "already", "lost", "failed"]),
  /** Whether the change was found when everything was read again; null if it was not read again. */
  confirmed: z.boolean().nullable(),
  attempts: z.number(),
  sentAt: z.string().nullable(),
  settledAt: z.string().nullable(),
  error: z.string().nullable(),
});
export type RecordedEffect = z.infer<typeof recordedEffect>;

/**
 * The evidence of one run, as data for every form of the report. Control characters are removed, and times are ISO
 * 8601.
 */
const evidenceRecord = z.object({
  runId: z.string(),
  result: evidenceResult,
  state: z.string(),
  tool: z.string(),
  summary: z.string(),
  askedBy: z.object({ id: z.string(), name: z.string(), client: z.string() }),
  reason: z.string().nullable(),
  ticket: z.string().nullable(),
  requires: z.enum(["none", "two_step", "client", "approval", "four_eyes"]),
  decision: z
    .object({
      by: z.string(),
      level: z.enum(["two_step", "client", "approval", "four_eyes"]),
      at: z.string(),
      /** What shows that this person decided. */
      restsOn: z.string(),
    })
    .nullable(),
  planId: z.string(),
  digest: z.string(),
  plannedAt: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  checkedAt: z.string().nullable(),
  /**
   * The number of upstream requests of the run; null until it is known. It includes the requests for making the plan
   * again and for the checks at the end.
   */
  requests: z.number().nullable(),
  /** Names of people, boards and cards by id, as far as they are known. */
  names: z.record(z.string(), z.string()),
  effects: z.array(recordedEffect),
  /** What the plan promised but is not done or not true, each with the reason. */
  unfinished: z.array(z.string()),
  /** The changes that Trello or Atlassian accepted but that cannot be checked by reading, each with the reason. */
  unverified: z.array(z.string()),
  blindSpots: z.array(z.string()),
  /**
   * What stays as it was: what the plan does not change, and changes that the run skipped. The line about a skipped
   * change says why.
   */
  untouched: z.array(z.string()),
  /** What the person was shown before the decision: warnings, losses, and what cannot be undone. */
  told: z.array(z.string()),
});
export type EvidenceRecord = z.infer<typeof evidenceRecord>;

/** The evidence of one run, or of several runs that did one job. */
export const evidenceReport = z.object({
  title: z.string(),
  result: evidenceResult,
  runs: z.array(evidenceRecord),
});
export type EvidenceReport = z.infer<typeof evidenceReport>;
