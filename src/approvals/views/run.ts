import type { Effect } from "../../domain/effect.ts";
import { sentenceOf } from "../../domain/error.ts";
import { isDone, type Result, resultOf, type Run, type RunEffect } from "../../domain/run.ts";
import { plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import { changesByPerson } from "../../report/changes-by-person.ts";
import { reportOf, restsOnText } from "../../report/record.ts";
import { meaningText } from "../../report/words.ts";
import { type DecisionFacts, withdrawForm } from "./decision.ts";
import { bdi, fact, type Icon, icon, notes, tag, time, type Tone } from "./frame.ts";
import { personLine } from "./people.ts";
import { titleOf } from "./plan.ts";

/** What the page of a run needs, in addition to the run. */
export interface RunFacts {
  readonly base: string;
  /** The token in the form that stops the run. */
  readonly stopToken: string;
  /** Tokens of the plan's forms. */
  readonly tokens: DecisionFacts["tokens"];
}

/**
 * The page of a run. During the run it shows the steps in order. Afterwards it shows the result; everything that was
 * not done comes first.
 */
export function runView(run: Run, facts: RunFacts): Markup {
  const { plan } = run;
  const result = resultOf({ state: run.state, result: run.evidence?.result ?? null });
  const people = changesByPerson(plan);
  const [only] = people;
  return html`<div class="split"><div>
<p class="eyebrow">${result === "PENDING" ? tag("acc", "run", "Running") : html`<span>Evidence</span>`}</p>
<h1>${bdi(titleOf(plan))}</h1>
${people.length === 1 && only ? personLine(only) : ""}
${result === "PENDING" ? progress(run) : verdict(run, result)}
</div>
<aside aria-label="About this run">${about(run)}${result === "PENDING" ? stopOrWithdraw(run, facts) : keepCard(run, facts)}</aside>
</div>`;
}

function progress(run: Run): Markup {
  const { effects, state } = run;
  const done = effects.filter(isDone).length;
  const next = effects.find((effect) => !isDone(effect) && effect.state !== "failed");
  const now =
    state === "verifying" || !next
      ? "Every change was sent. This server is reading everything again to check it."
      : `Now: ${next.effect.description}`;
  return html`<div id="progress" data-live><div class="verdict acc">${icon("run")}<div><h2 role="status">${done} of ${effects.length} done</h2><p>${bdi(now)}</p></div>
<progress value="${done}" max="${effects.length}" aria-label="Changes made">${done} of ${effects.length}</progress></div></div>
<section aria-labelledby="steps"><h2 id="steps">Steps, in order</h2><div class="box" id="step-table" data-live><table class="stack">
<thead><tr><th scope="col">Step</th><th scope="col">Done</th><th scope="col">State</th></tr></thead>
<tbody>${stepsOf(run).map(step)}</tbody></table></div></section>`;
}

interface Step {
  readonly title: string;
  readonly rows: readonly RunEffect[];
}

const STEPS: Readonly<Record<Effect["resource"], string>> = {
  card: "Cards",
  board_membership: "Boards",
  workspace_membership: "Workspaces",
  enterprise_membership: "Trello Enterprise",
  scim_user: "Directory users and accounts",
  atlassian_account: "Atlassian accounts",
  application_user: "Further applications",
  scim_group: "Groups",
  scim_group_membership: "Groups",
  profile: "Profile",
  webhook: "Webhooks",
};

/** The steps that the page shows. Effects that follow one another and are of the same kind are one step. */
function stepsOf({ effects }: Run): readonly Step[] {
  const steps: { title: string; rows: RunEffect[] }[] = [];
  for (const row of effects) {
    const title = STEPS[row.effect.resource];
    const last = steps.at(-1);
    if (last?.title === title) last.rows.push(row);
    else steps.push({ title, rows: [row] });
  }
  return steps;
}

function step({ title, rows }: Step): Markup {
  const done = rows.filter(isDone).length;
  const failed = rows.filter(({ state }) => state === "failed").length;
  const begun = rows.some(({ attempts, state }) => attempts > 0 || isDone({ state }));
  const state =
    failed > 0
      ? tag("stop", "stop", `${failed} failed`)
      : done === rows.length
        ? tag("good", "good", "Done")
        : begun
          ? tag("acc", "run", "Running")
          : tag("plain", null, "Waits");
  return html`<tr><th scope="row">${title}</th><td class="number"><progress value="${done}" max="${rows.length}" aria-label="${title}"></progress> ${done} of ${rows.length}</td><td>${state}</td></tr>`;
}

const TONES: Readonly<Record<Result, readonly [Tone, Icon]>> = {
  PASS: ["good", "good"],
  UNVERIFIED: ["warn", "unverified"],
  INCOMPLETE: ["stop", "stop"],
  FAIL: ["stop", "stop"],
  PENDING: ["acc", "run"],
};

export function resultTag(result: Result): Markup {
  const [tone, shape] = TONES[result];
  return tag(tone, shape, result === "PENDING" ? "Running" : result);
}

function verdict(run: Run, result: Result): Markup {
  const { evidence, effects, stopped } = run;
  const [tone, shape] = TONES[result];
  const report = reportOf(run);
  const left = report.runs.flatMap(({ unfinished }) => unfinished);
  return html`<div class="verdict ${tone}">${icon(shape)}<div><h2>${result}</h2><p>${meaningText(report)}</p></div></div>
${stopped === null ? "" : html`<p class="card">${bdi(sentenceOf(stopped))}</p>`}
${leftList(left)}
${notes(
  "unverified",
  "Not read again yet",
  (evidence?.unverified ?? []).map((text) => ({
    tone: "warn",
    shape: "unverified",
    word: "Not verified",
    text,
  })),
)}
<section aria-labelledby="made"><h2 id="made">Changes <span class="count">${effects.length}</span></h2>${stepsOf(run).map(outcomeGroup)}</section>
${notes(
  "stays",
  "What stays",
  (evidence ?? run.plan).untouched.map((text) => ({ tone: "plain", shape: "stays", word: "Stays", text })),
)}
${notes(
  "blind",
  "What this does not prove",
  (evidence ?? run.plan).blindSpots.map((text) => ({
    tone: "plain",
    shape: "blind",
    word: "Not visible",
    text,
  })),
)}`;
}

function leftList(left: readonly string[]): Markup | "" {
  if (left.length === 0) return "";
  return html`<section aria-labelledby="left"><h2 id="left">What is left <span class="count">${left.length}</span></h2>
<ul class="notes left stop">${left.map((line) => html`<li>${bdi(line)}</li>`)}</ul>
<p class="hint">Ask the agent to plan what is left: the new plan has only these changes and needs its own decision.</p></section>`;
}

function outcomeGroup({ title, rows }: Step): Markup {
  const holds = rows.filter(isDone).length;
  const all = holds === rows.length;
  const inner = html`<summary><span class="title">${title}</span><span class="flags">${tag(all ? "good" : "stop", all ? "good" : "stop", `${holds} of ${rows.length} made`)}</span></summary>
<div class="in"><ul>${rows.map(
    ({ effect, state, error }) =>
      html`<li>${bdi(effect.description)}: ${STATES[state]}${error === null ? "" : html` <span class="hint">${bdi(sentenceOf(error))}</span>`}</li>`,
  )}</ul></div>`;
  return all
    ? html`<details class="group">${inner}</details>`
    : html`<details class="group" open>${inner}</details>`;
}

const STATES: Readonly<Record<RunEffect["state"], string>> = {
  applied: "done",
  already: "already so",
  failed: "failed",
  lost: "sent, but the answer was lost",
  sent: "sent, no answer yet",
  pending: "not sent",
};

function about({ plan, decision, id, startedAt, endedAt, evidence }: Run): Markup {
  const why = [plan.reason, plan.ticket].filter((each) => each !== null).join(", ");
  return html`<dl class="card facts tall">
${fact("Asked by", html`${bdi(plan.principal.name)} through ${bdi(plan.principal.client)}`)}
${why === "" ? "" : fact("Reason, ticket", bdi(why))}
${decision ? fact("Approved by", html`${bdi(decision.by)}, at ${time(decision.at)}`) : ""}
${decision ? fact("Proof of the approval", bdi(restsOnText(decision, plan))) : ""}
${fact("Started", time(startedAt))}
${endedAt === null ? "" : fact("Ended", time(endedAt))}
${evidence ? fact("Read again", html`${plural(evidence.checks.length, "fact")}`) : ""}
${fact("Run", html`<span class="id">${id}</span>`)}${fact("Plan", html`<span class="id">${plan.id}</span>`)}
</dl>`;
}

/** Before the first request was sent: the form to withdraw the approval. After that: the form to stop the run. */
function stopOrWithdraw(run: Run, facts: RunFacts): Markup {
  const isSent = run.effects.some(({ attempts }) => attempts > 0);
  return html`<section class="card" id="halt" data-live aria-labelledby="halt-title">${isSent ? stopForm(run, facts) : html`<h2 id="halt-title">Nothing was sent yet</h2>${withdrawForm(run.plan, facts)}`}</section>`;
}

function stopForm({ id }: Run, { base, stopToken }: RunFacts): Markup {
  return html`<h2 id="halt-title">Stop</h2>
<p class="hint">The run stops after the current change. Changes that were made stay; the agent can plan to undo them.</p>
<form method="post" action="${base}/runs/${id}/stop"><input type="hidden" name="token" value="${stopToken}"><button type="submit">Stop the run</button></form>`;
}

function keepCard({ id }: Run, { base }: RunFacts): Markup {
  return html`<section class="card" aria-labelledby="keep-title"><h2 id="keep-title">Keep it</h2>
<ul><li><a href="${base}/runs/${id}/evidence.html">Evidence as one HTML file</a></li><li><a href="${base}/runs/${id}/evidence.json">JSON</a>, <a href="${base}/runs/${id}/evidence.md">Markdown</a></li></ul>
<p class="hint">You can print this page.</p></section>`;
}
