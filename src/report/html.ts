import { isDone, type Result } from "../domain/run.ts";
import { html, type Markup, page } from "./page.ts";
import type { EvidenceRecord, EvidenceReport, RecordedEffect } from "./record.ts";
import {
  type Fact,
  factsOf,
  listsOf,
  meaningText,
  outcomeOf,
  openLists,
  stateLines,
  type TitledList,
  timeText,
} from "./words.ts";

// The result is a word and a sign, so that a reader who sees no colours can read it.
const SIGNS: Readonly<Record<Result, string>> = {
  PASS: "✓",
  UNVERIFIED: "?",
  INCOMPLETE: "!",
  FAIL: "✗",
  PENDING: "…",
};

/** A result has one of three colours. */
const COLOURS: Readonly<Record<Result, "pass" | "pending" | "incomplete">> = {
  PASS: "pass",
  UNVERIFIED: "pending",
  INCOMPLETE: "incomplete",
  FAIL: "incomplete",
  PENDING: "pending",
};

/** Evidence as one HTML page that needs nothing else: no script, nothing loaded, all upstream text escaped. */
export function evidenceHtml(report: EvidenceReport): string {
  const { title, runs } = report;
  const several = runs.length > 1;
  return page({
    title: `${report.result}: ${title}`,
    body: html`<main>
<header>
<p class="kicker">Evidence</p>
<h1><bdi>${title}</bdi></h1>
${verdict(report)}
</header>
${several ? overview(runs) : ""}
${runs.map((run, index) => runSection(run, index + 1, several))}
<footer>
<p>Written by trello-identity-mcp from its journal. All times are UTC. The command <code>audit verify</code>
checks the chain of audit records in which the request, the decision and the end of
${several ? "each run" : "this run"} are kept.</p>
</footer>
</main>`,
  });
}

function verdict(report: EvidenceReport): Markup {
  const { result } = report;
  return html`<div class="verdict ${COLOURS[result]}">
<span class="sign" aria-hidden="true">${SIGNS[result]}</span>
<p><strong>${result}</strong> ${meaningText(report)}</p>
</div>`;
}

function overview(runs: readonly EvidenceRecord[]): Markup {
  const rows = runs.map(
    (run, index) =>
      html`<li><a href="#run-${index + 1}"><bdi>${run.summary}</bdi></a>
<span class="${COLOURS[run.result]}">${run.result}</span></li>`,
  );
  return html`<nav aria-label="Runs"><ol>${rows}</ol></nav>`;
}

function runSection(run: EvidenceRecord, number: number, several: boolean): Markup {
  return html`<article id="run-${number}">
${several ? html`<h2><bdi>${run.summary}</bdi></h2>` : ""}
${several ? html`<p class="${COLOURS[run.result]}"><strong>${run.result}</strong></p>` : ""}
${openLists(run).map(list)}
<dl>${factsOf(run).map(fact)}</dl>
${listsOf(run).map(list)}
${run.effects.length === 0 ? "" : effectsTable(run.effects, `changes-${number}`)}
</article>`;
}

function list({ title, lines }: TitledList): Markup {
  return html`<section class="list"><h3>${title}</h3>
<ul>${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul></section>
`;
}

function fact({ name, text, code }: Fact): Markup {
  const shown = code ? html`<code>${text}</code>` : html`<bdi>${text}</bdi>`;
  return html`<div><dt>${name}</dt><dd>${shown}</dd></div>`;
}

/** The changes as a table, which scrolls sideways if the page is narrow. `id` names the table in the page. */
function effectsTable(effects: readonly RecordedEffect[], id: string): Markup {
  return html`<section class="changes">
<h3 id="${id}">Changes <span class="count">${effects.length}</span></h3>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">
<table>
<thead><tr>
<th scope="col" class="number">#</th><th scope="col">Change</th><th scope="col">Before</th>
<th scope="col">After</th><th scope="col">Outcome</th><th scope="col">Sent, settled (UTC)</th>
</tr></thead>
<tbody>
${effects.map(row)}
</tbody>
</table>
</div>
</section>`;
}

function row(effect: RecordedEffect, index: number): Markup {
  const [outcome = "", ...details] = outcomeOf(effect);
  return html`<tr>
<td class="number">${index + 1}</td>
<td><bdi>${effect.description}</bdi> <code>${effect.id}</code>${
    effect.reversible ? "" : html` <small>cannot be undone</small>`
  }</td>
<td>${state(effect.before)}</td>
<td>${state(effect.after)}</td>
<td class="${gradeOf(effect)}"><strong>${outcome}</strong>${details.map((line) => html` <small>${line}</small>`)}</td>
<td class="time">${time(effect.sentAt)} ${time(effect.settledAt)}</td>
</tr>
`;
}

function state(value: RecordedEffect["before"]): Markup {
  return html`${stateLines(value).map((line) => html`<span class="line"><bdi>${line}</bdi></span> `)}`;
}

function time(iso: string | null): Markup {
  return iso === null
    ? html`<span class="line">–</span>`
    : html`<time class="line" datetime="${iso}">${timeText(iso).replace(/ UTC$/, "")}</time>`;
}

/** A change that was made counts as good unless the second reading says otherwise. */
function gradeOf(effect: RecordedEffect): "pass" | "incomplete" | "pending" {
  if (effect.state === "failed" || effect.confirmed === false) return "incomplete";
  return isDone(effect) ? "pass" : "pending";
}
