import type { Run } from "../domain/run.ts";
import { clean, plural } from "../domain/text.ts";
import { type EvidenceRecord, type EvidenceReport, type RecordedEffect, restsOnText } from "./record.ts";

/** One fact about a run. `code` marks ids and digests, because readers compare them character by character. */
export interface Fact {
  readonly name: string;
  readonly text: string;
  readonly code?: true;
  /** The time at the beginning of `text`, as ISO 8601. */
  readonly at?: string;
}

const DECIDED: Readonly<Record<NonNullable<EvidenceRecord["decision"]>["level"], string>> = {
  two_step: "the caller itself, in a second call",
  client: "a person, asked by the client",
  approval: "a person, outside of the client",
  four_eyes: "an authenticated person other than the requester",
};

const OUTCOMES: Readonly<Record<RecordedEffect["state"], string>> = {
  applied: "Done",
  already: "Already as wanted",
  failed: "Failed",
  lost: "Sent, answer lost",
  sent: "Sent, no answer yet",
  pending: "Not sent",
};

/** A time in the form `2026-10-01 10:00:02 UTC`. A text that is not a time is returned unchanged. */
export function timeText(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return parts ? `${parts[1]} ${parts[2]} UTC` : iso;
}

/** What the result of a run means, in one sentence. */
export function meaningText({ result, runs }: EvidenceReport): string {
  const changes = runs.flatMap(({ effects }) => effects).length;
  const blind = runs.some(({ blindSpots }) => blindSpots.length > 0);
  if (result === "PENDING")
    return "The run has not ended. This report shows its current state and proves nothing yet.";
  if (result === "FAIL") return "Nothing was done. The list shows what is not done.";
  if (result === "INCOMPLETE")
    return "Not every planned change is in place. The list shows what is not done.";
  if (result === "UNVERIFIED")
    return "Every change was accepted, but not everything could be read again. The list names what could not be read.";
  const all = changes === 1 ? "The one change was" : `All ${changes} changes were`;
  return `${all} read again afterwards and found to be true${blind ? ", as far as this server could see" : ""}.`;
}

interface EvidenceResult {
  readonly result: string;
  readonly blindSpots: readonly string[];
  readonly requests: number;
}

/** The result of a run in one line. For PASS, it says how many changes were read again. */
export function evidenceText({ result, blindSpots, requests }: EvidenceResult, changes: number): string {
  const all = changes === 1 ? "the one change was" : `all ${changes} changes were`;
  const within = blindSpots.length > 0 ? ", as far as the token sees" : "";
  const read =
    result === "PASS" && changes > 0
      ? `${all} read again and ${changes === 1 ? "is" : "are"} as wanted${within}; `
      : "";
  return `Evidence: ${result}, ${read}${requests} requests`;
}

/** Who approved a run and how, or why no approval was needed, in one sentence for an agent. */
export function decidedText({ decision, plan }: Pick<Run, "decision" | "plan">): string {
  if (decision) {
    const signedIn = decision.subject === undefined ? "" : `; ${restsOnText(decision, plan)}`;
    return `Decided by ${clean(decision.by)} (${DECIDED[decision.level]}${signedIn}).`;
  }
  return plan.requires === "none"
    ? "No person was asked: changes of this kind need no confirmation here."
    : "No decision is on record.";
}

/** The facts of a run in reading order: who asked, who decided, when, and how many requests were sent. */
export function factsOf(run: EvidenceRecord): readonly Fact[] {
  const { askedBy, decision } = run;
  const optional = (name: string, text: string | null): Fact[] => (text === null ? [] : [{ name, text }]);
  const time = (name: string, at: string | null, after = ""): Fact[] =>
    at === null ? [] : [{ name, text: `${timeText(at)}${after}`, at }];
  return [
    { name: "Outcome", text: `${run.state}: ${countsOf(run)}` },
    { name: "Asked by", text: `${askedBy.name} (${askedBy.id})` },
    { name: "Asked through", text: `${askedBy.client}, tool ${run.tool}` },
    ...optional("Reason", run.reason),
    ...optional("Ticket", run.ticket),
    ...time("Planned at", run.plannedAt),
    {
      name: "Decided by",
      text: decision ? `${decision.by} (${DECIDED[decision.level]})` : undecidedText(run),
    },
    ...optional("Proof of the decision", decision?.restsOn ?? null),
    ...time("Decided at", decision && decision.at),
    ...time("Started at", run.startedAt),
    ...time("Read again at", run.checkedAt),
    ...time("Ended at", run.endedAt, run.endedAt === null ? "" : durationText(run.startedAt, run.endedAt)),
    ...optional("Upstream requests", run.requests === null ? null : String(run.requests)),
    { name: "Run", text: run.runId, code: true },
    { name: "Plan", text: run.planId, code: true },
    { name: "Plan digest", text: run.digest, code: true },
  ];
}

/**
 * A title with a line for each item; nothing if there are no items. An item that already begins with `- ` is not
 * changed.
 */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : [`${title}:`, ...lines.map((line) => (line.startsWith("- ") ? line : `- ${line}`))];
}

/**
 * Returns a function that removes lines which an earlier list already contained, so that an answer says each fact only
 * once. A line that begins with `Skipped: ` counts as the same line without that word.
 */
export function sayOnce(): (lines: readonly string[]) => readonly string[] {
  const said = new Set<string>();
  return (lines) =>
    lines.filter((line) => {
      const fact = line.replace(/^Skipped: /, "");
      if (said.has(fact)) return false;
      said.add(fact);
      return true;
    });
}

export interface TitledList {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * The lists of what was not done and what could not be read. They come first in a report. If the result is PASS, there
 * are none.
 */
export function openLists({ unfinished, unverified }: EvidenceRecord): readonly TitledList[] {
  const lists = [
    { title: "What is not done, and why", lines: unfinished },
    { title: "What could not be read again, and why", lines: unverified },
  ];
  return lists.filter(({ lines }) => lines.length > 0);
}

/** The other lists of a report, after the facts. They always say what could be seen and what could not. */
export function listsOf(run: EvidenceRecord): readonly TitledList[] {
  const covered = run.blindSpots.length === 0;
  const lists = [
    {
      title: covered ? "Coverage" : "Coverage: what could not be read",
      lines: covered ? ["Everything that the plan is about was visible to the token."] : run.blindSpots,
    },
    { title: "Stays as it is", lines: run.untouched },
    { title: "Known before the decision", lines: run.told },
  ];
  return lists.filter(({ lines }) => lines.length > 0);
}

/** What became of an effect, what the second reading showed, and how often the request was sent, if more than once. */
export function outcomeOf({ state, confirmed, attempts, error }: RecordedEffect): readonly string[] {
  return [
    OUTCOMES[state],
    ...(confirmed === null ? [] : [confirmed ? "read again: true" : "read again: not true"]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(error === null ? [] : [error]),
  ];
}

function countsOf({ effects }: EvidenceRecord): string {
  const counts = new Map<string, number>();
  for (const { state } of effects) counts.set(OUTCOMES[state], (counts.get(OUTCOMES[state]) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome.toLowerCase()}`);
  return [plural(effects.length, "change"), ...parts].join(", ");
}

function undecidedText({ requires }: EvidenceRecord): string {
  return requires === "none" ? "the plan needed no confirmation" : "no decision is on record";
}

/** How long something took, such as `, after 1.5 s`. Empty if `from` or `to` is not a time. */
function durationText(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? `, after ${(ms / 1000).toFixed(1)} s` : "";
}
