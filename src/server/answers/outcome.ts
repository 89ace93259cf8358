import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Presented } from "../../approvals/desk.ts";
import { reasonOf } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { type Result, resultOf, type Run, STATUS_BY_RESULT } from "../../domain/run.ts";
import { PLAN_DETAILS, planText } from "../../report/plan-text.ts";
import { decidedText, evidenceText, sayOnce, section } from "../../report/words.ts";
import { result } from "./result.ts";
import { planView, runView } from "./view.ts";

/** An answer about a run contains at most 3 different next steps. get_run shows every failure with its next step. */
const MOST_ADVICE = 3;

/** The answer to a dry run: the plan. It is not stored. */
export function planned(plan: Plan): CallToolResult {
  const next = nextOfDryRun(plan);
  return result(
    { status: "planned", summary: plan.summary, plan: planView(plan), next },
    [textOf(plan, "Planned, nothing changed."), `Next: ${next}`].join("\n"),
  );
}

/** For each confirmation level: what the agent does after a dry run. */
const WITHOUT_DRY_RUN: Readonly<Record<Plan["requires"], string>> = {
  none: "Call again without dryRun to make the changes; no person has to be asked.",
  two_step: "Call again without dryRun, then call apply_plan with its planId.",
  client:
    "Call again without dryRun. The client then asks a person. If the client cannot ask, a person decides outside of the client.",
  approval: "Call again without dryRun; a person must then decide outside of the client.",
  four_eyes: "Call again without dryRun; a second, signed-in person must then decide outside of the client.",
};

function nextOfDryRun({ effects, requires, notReached = [] }: Plan): string {
  if (effects.length > 0) return WITHOUT_DRY_RUN[requires];
  return notReached.length > 0
    ? "No part of the request can be done. The lists in this answer say why."
    : "There is nothing to do.";
}

/**
 * The answer for a plan without effects. Either the wanted state is already true, or no part of the request can be
 * done.
 */
export function nothingToDo(plan: Plan): CallToolResult {
  const { summary, warnings, blindSpots, notReached = [] } = plan;
  const failed = notReached.length > 0;
  const answer = result(
    {
      status: failed ? "failed" : "already",
      summary,
      ...(failed && { unfinished: notReached }),
      ...(warnings.length > 0 && { warnings }),
      ...(blindSpots.length > 0 && { blindSpots }),
    },
    [
      `${failed ? "Nothing can be done" : "Already as wanted"}: ${summary}`,
      ...section("Not done", notReached),
      ...section("Warnings", warnings),
      ...section("Not visible", blindSpots),
      ...section("Stays as it is", plan.untouched),
    ].join("\n"),
  );
  return failed ? { ...answer, isError: true } : answer;
}

/** The answer if the user declined the plan, or did not clearly approve it. */
export function declined(plan: Plan, why: string): CallToolResult {
  const next = "Nothing was changed. Do not try again unless the person asks for it.";
  return result(
    { status: "declined", summary: plan.summary, planId: plan.id, next },
    `Declined: ${why} ${next}`,
  );
}

/** The answer if the plan is stored and waits for a decision. */
export function awaiting(plan: Plan, page: Presented, command: string | null): CallToolResult {
  const next = nextStep(plan, page, command);
  const person = forThePerson(plan, page, command);
  return result(
    {
      status: "awaiting_confirmation",
      summary: plan.summary,
      plan: planView(plan),
      planId: plan.id,
      approvalUrl: page.url,
      expiresAt: plan.expiresAt,
      next,
      ...(person !== null && { forThePerson: person }),
    },
    [
      textOf(plan, `Awaiting confirmation, nothing changed. Plan ${plan.id}, valid until ${plan.expiresAt}.`),
      `Next: ${next}`,
      ...(person === null ? [] : [`For the person, never for an agent: ${person}`]),
    ].join("\n"),
  );
}

/**
 * The answer if the plan is approved, but its run needs longer than the call may wait. `run`: null if the run has not
 * started yet.
 */
export function underWay(plan: Plan, run: Run | null): CallToolResult {
  const ids = run === null ? `planId ${plan.id}` : `planId ${plan.id}, or get_run with runId ${run.id}`;
  const next = `The run continues by itself. Call apply_plan with ${ids} for its outcome.`;
  return result(
    {
      status: "running",
      summary: plan.summary,
      planId: plan.id,
      ...(run && { runId: run.id, run: runView(run) }),
      next,
    },
    `${plan.requires === "none" ? "Running" : "Approved, and running"}: ${plan.summary} Next: ${next}`,
  );
}

function textOf(plan: Plan, headline: string): string {
  return planText(plan, { detail: PLAN_DETAILS.answer, title: [headline, plan.summary] });
}

/** The next step for the agent while a plan waits for a decision. */
function nextStep(plan: Plan, page: Presented, command: string | null): string {
  const call = `call apply_plan with planId ${plan.id}`;
  if (plan.requires === "two_step") return `C${call.slice(1)} to do it.`;
  if (page.signIn || page.opened) {
    const what = page.signIn ? `the plan and its address ${page.url}` : "the plan";
    return `Show ${what} to the person and ${call} now: it waits for the decision and answers with the outcome.`;
  }
  if (command === null) {
    return `Show the plan. Only ${decider(plan)} may decide it, and no one can sign in on this server. An administrator must set up the sign-in (IDENTITY_PUBLIC_URL, IDENTITY_AUTH_ISSUER and IDENTITY_APPROVER_CLIENT_ID for \`http\`), or change IDENTITY_CONFIRMATION or the policy file. Then call the tool again.`;
  }
  return `Show the person the plan and the line that begins with "For the person". After the decision, ${call}: it answers with the outcome.`;
}

/**
 * The line of the answer that tells the person where to decide. This line is not for the agent, because an agent must
 * never decide. null if the person has nothing to decide, or nowhere to decide.
 */
function forThePerson(plan: Plan, page: Presented, command: string | null): string | null {
  if (plan.requires === "two_step") return null;
  const who = decider(plan);
  if (page.signIn) return `${who} signs in at ${page.url} and decides there.`;
  const terminal = command === null ? null : `this command in a terminal: ${command}`;
  if (page.opened) {
    return `${who} decides on the page that was opened in their browser${terminal === null ? "" : `, or by ${terminal}`}`;
  }
  return terminal && `${who} decides by ${terminal}`;
}

function decider({ requires }: Plan): string {
  return requires === "four_eyes" ? "a second person, who is an approver," : "a person";
}

/**
 * The answer about a run that has ended, with the run's evidence. If a change was not done, the answer is an error
 * result.
 */
export function ran(run: Run): CallToolResult {
  const view = runView(run);
  const status = statusOf(run, view);
  const {
    summary,
    warnings,
    impact: { notes },
  } = run.plan;
  const next =
    status === "applied" || status === "already"
      ? null
      : [...advice(run), `Call get_run with runId ${run.id} to see each effect.`].join(" ");
  const once = sayOnce();
  // This list is made before all other lists. So a change that was not done stays in this list, even if another list
  // contains the same line: `once` removes the line there.
  const notDone = once(run.evidence?.unfinished ?? []);
  const lines = [
    headline(status, run, view),
    decidedText(run),
    ...(run.evidence === null ? [] : [`${evidenceText(run.evidence, run.effects.length)}.`]),
    ...section("Warnings", once(warnings)),
    ...section("Impact", once(notes)),
    ...section("Not done", notDone),
    ...section("Could not be read again", once(run.evidence?.unverified ?? [])),
    ...section("Not visible", once(view.evidence?.blindSpots ?? [])),
    ...section("Stays as it is", once(view.evidence?.untouched ?? [])),
    ...(next === null ? [] : [`Next: ${next}`]),
  ];
  const answer = result(
    {
      status,
      summary,
      runId: run.id,
      run: view,
      decided: decidedText(run),
      ...(warnings.length > 0 && { warnings }),
      ...(notes.length > 0 && { notes }),
      ...(next === null ? {} : { next }),
    },
    lines.join("\n"),
  );
  return next === null ? answer : { ...answer, isError: true };
}

/** The next steps that the failures of a run name. No step is repeated. */
function advice({ effects }: Run): readonly string[] {
  const nexts = effects.flatMap(({ state, error }) => (state === "failed" && error?.next) || []);
  return [...new Set(nexts)].slice(0, MOST_ADVICE);
}

type RunStatus = "already" | (typeof STATUS_BY_RESULT)[Result];

function statusOf(run: Run, view: ReturnType<typeof runView>): RunStatus {
  const status = STATUS_BY_RESULT[resultOf({ state: run.state, result: run.evidence?.result ?? null })];
  return status === "applied" && view.applied === 0 && view.already > 0 ? "already" : status;
}

function headline(status: RunStatus, run: Run, view: ReturnType<typeof runView>): string {
  const before = view.already > 0 ? `, ${view.already} already as wanted` : "";
  const counts = `${view.applied} of ${view.total} done${before}, ${view.failed} failed`;
  const summary = /[.!?]$/.test(run.plan.summary) ? run.plan.summary : `${run.plan.summary}.`;
  if (status === "applied") return `Applied: ${summary} Run ${run.id}: ${counts}.`;
  if (status === "already") return `Already as wanted: ${summary} Run ${run.id}.`;
  const error = run.effects.find((effect) => effect.error !== null)?.error;
  if (status === "failed" && error != null) return `${reasonOf(error)} Run ${run.id}: ${counts}.`;
  return `PARTIALLY_APPLIED: ${summary} Run ${run.id}: ${counts}.`;
}
