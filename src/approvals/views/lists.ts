import { decideRefusal, type StoredPlan } from "../../domain/decision-rules.ts";
import type { Decision } from "../../domain/confirmation.ts";
import { resultOf, type RunSummary } from "../../domain/run.ts";
import { clean, plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import { bdi, time } from "./frame.ts";
import { planFlags, titleOf } from "./plan.ts";
import { resultTag } from "./run.ts";

/**
 * The page with all waiting plans and the newest runs. The plan that expires first is on top. `yesTo`: returns whether
 * an approval by the person who reads the page would count.
 */
export function waitingView(
  base: string,
  plans: readonly StoredPlan[],
  runs: readonly RunSummary[],
  yesTo: (stored: StoredPlan) => Decision,
): Markup {
  const soonest = plans.toSorted((a, b) => a.plan.expiresAt.localeCompare(b.plan.expiresAt));
  return html`<h1>Waiting for a decision</h1>
<div id="waiting-plans" data-live>${
    soonest.length === 0
      ? html`<p class="lead">No plan waits. A plan that needs a person appears here.</p>`
      : html`<p class="lead">${plural(soonest.length, "plan")}. Nothing happens to ${soonest.length === 1 ? "it" : "them"} until a person decides.</p>
<section aria-label="Waiting plans"><div class="box"><table class="stack"><caption>Soonest to expire first</caption>
<thead><tr><th scope="col">Plan</th><th scope="col">Asked by</th><th scope="col">How much</th><th scope="col">Look at</th><th scope="col">Who may decide</th><th scope="col">Expires</th></tr></thead>
<tbody>${soonest.map((stored) => planRow(base, stored, yesTo(stored)))}</tbody></table></div></section>`
  }</div>
${runsSection(base, runs)}`;
}

function planRow(base: string, stored: StoredPlan, yes: Decision): Markup {
  const { plan } = stored;
  const why = [plan.ticket, plan.reason]
    .flatMap((each) => (each === null ? [] : [clean(each, 120)]))
    .join(", ");
  return html`<tr><th scope="row"><a href="${base}/plans/${plan.id}">${bdi(titleOf(plan))}</a><br><span class="sub">${bdi(why === "" ? "No ticket" : why)}</span></th>
<td data-label="Asked by">${bdi(plan.principal.name)}<br><span class="sub">${bdi(plan.principal.client)}</span></td>
<td data-label="How much">${plural(plan.effects.length, "change")}</td>
<td>${planFlags(plan)}</td>
<td>${decideRefusal(stored, yes) === null ? "You can decide" : "You can only reject"}</td>
<td data-label="Expires">${time(plan.expiresAt)}</td></tr>
`;
}

/** The latest runs, newest first. */
export function runsView(base: string, runs: readonly RunSummary[]): Markup {
  return html`<h1>Runs</h1>
<div id="latest" data-live>${runsSection(base, runs)}</div>`;
}

function runsSection(base: string, runs: readonly RunSummary[]): Markup {
  return html`<section aria-labelledby="recent"><h2 id="recent">Recent runs</h2>${
    runs.length === 0
      ? html`<p class="muted">This store has no runs.</p>`
      : html`<div class="box"><table class="stack"><caption>Newest first</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Outcome</th><th scope="col">Changes</th><th scope="col">Started</th></tr></thead>
<tbody>${runs.map((run) => runRow(base, run))}</tbody></table></div>`
  }</section>`;
}

function runRow(base: string, run: RunSummary): Markup {
  return html`<tr><th scope="row"><a href="${base}/runs/${run.id}">${bdi(titleOf(run))}</a></th>
<td>${resultTag(resultOf(run))}</td><td data-label="Changes">${run.done} of ${run.total}</td><td data-label="Started">${time(run.startedAt)}</td></tr>
`;
}
