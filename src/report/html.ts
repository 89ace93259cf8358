import { isDone, type Result } from "../domain/run.ts";
import { html, type Markup, page } from "./page.ts";
import type { EvidenceRecord, EvidenceReport, RecordedEffect } from "./record.ts";
import { cardItem, type StateItem, stateItems } from "./states.ts";
import {
  type Fact,
  factsOf,
  listsOf,
  meaningText,
  outcomeOf,
  openLists,
  type TitledList,
  timeText,
} from "./words.ts";

// Each result has a word and a sign, for readers who do not see colours.
const SIGNS: Readonly<Record<Result, string>> = {
  PASS: "✓",
  UNVERIFIED: "?",
  INCOMPLETE: "!",
  FAIL: "✗",
  PENDING: "…",
};

/** A result is shown in one of three colours. */
const COLOURS: Readonly<Record<Result, "pass" | "pending" | "incomplete">> = {
  PASS: "pass",
  UNVERIFIED: "pending",
  INCOMPLETE: "incomplete",
  FAIL: "incomplete",
  PENDING: "pending",
};

/**
 * The evidence of a run as one HTML page that loads no other file. All names from Trello are escaped. The page is
 * complete without its script, which only adds times in the reader's time zone.
 */
export function evidenceHtml(report: EvidenceReport): string {
  const { title, runs } = report;
  const several = runs.length > 1;
  return page({
    title: `${report.result}: ${title}`,
    style: STYLE,
    script: SCRIPT,
    body: html`<main>
<header>
<p class="kicker">Evidence</p>
<h1><bdi>${title}</bdi></h1>
${verdict(report)}
</header>
${several ? overview(runs) : ""}
${runs.map((run, index) => runSection(run, index + 1, several))}
<footer>
<p>Written by trello-identity-mcp from its journal. All times are UTC.<span id="zone"></span> The command <code>audit verify</code>
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
${run.effects.length === 0 ? "" : effectsTable(run, `changes-${number}`)}
</article>`;
}

function list({ title, lines }: TitledList): Markup {
  return html`<section class="list"><h3>${title}</h3>
<ul>${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul></section>
`;
}

function fact({ name, text, code, at }: Fact): Markup {
  const shown =
    at === undefined
      ? code
        ? html`<code>${text}</code>`
        : html`<bdi>${text}</bdi>`
      : html`<time datetime="${at}">${timeText(at)}</time>${text.slice(timeText(at).length)}`;
  return html`<div><dt>${name}</dt><dd>${shown}</dd></div>`;
}

/** The table of changes. On a narrow page it scrolls sideways. `id`: the table's name in the page. */
function effectsTable({ effects, names }: EvidenceRecord, id: string): Markup {
  return html`<section class="changes">
<h3 id="${id}">Changes <span class="count">${effects.length}</span></h3>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">
<table>
<thead><tr>
<th scope="col" class="number">#</th><th scope="col">Change</th><th scope="col">Before</th>
<th scope="col">After</th><th scope="col">Outcome</th><th scope="col">Sent, settled (UTC)</th>
</tr></thead>
<tbody>
${effects.map((effect, index) => row(effect, index, names))}
</tbody>
</table>
</div>
</section>`;
}

function row(effect: RecordedEffect, index: number, names: EvidenceRecord["names"]): Markup {
  const [outcome = "", ...details] = outcomeOf(effect);
  return html`<tr>
<td class="number">${index + 1}</td>
<td><bdi>${effect.description}</bdi> <code>${effect.id}</code>${
    effect.card === null ? "" : html` ${item(cardItem(effect.card, names))}`
  }${effect.reversible ? "" : html` <small>cannot be undone</small>`}</td>
<td>${state(effect.before, names)}</td>
<td>${state(effect.after, names)}</td>
<td class="${gradeOf(effect)}"><strong>${outcome}</strong>${details.map((line) => html` <small>${line}</small>`)}</td>
<td class="time">${time(effect.sentAt)} ${time(effect.settledAt)}</td>
</tr>
`;
}

function state(value: RecordedEffect["before"], names: EvidenceRecord["names"]): Markup {
  return html`${stateItems(value, names).map((each) => html`${item(each)} `)}`;
}

function item({ text, ids, link }: StateItem): Markup {
  const shown = html`<bdi>${text}</bdi>`;
  return html`<span class="line">${link === undefined ? shown : html`<a href="${link}" rel="noreferrer">${shown}</a>`}${ids.map((id) => html` <code>${id}</code>`)}</span>`;
}

function time(iso: string | null): Markup {
  return iso === null
    ? html`<span class="line">–</span>`
    : html`<time class="line" datetime="${iso}">${timeText(iso).replace(/ UTC$/, "")}</time>`;
}

/**
 * The colour of a change: `incomplete` if the change failed, or if the read at the end of the run did not confirm it;
 * otherwise `pass` if the change was made, and `pending` if not.
 */
function gradeOf(effect: RecordedEffect): "pass" | "incomplete" | "pending" {
  if (effect.state === "failed" || effect.confirmed === false) return "incomplete";
  return isDone(effect) ? "pass" : "pending";
}

const STYLE = `
.local { color: var(--muted); font-size: .9em; } .time .local { display: block; }
`;

// Adds times in the reader's time zone, which only the browser knows. For a reader whose clock shows UTC, nothing is
// added.
const SCRIPT = `
"use strict";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const form = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "medium" });
const times = [...document.querySelectorAll("time[datetime]")].filter((time) => !Number.isNaN(Date.parse(time.dateTime)));
if (times.some((time) => new Date(time.dateTime).getTimezoneOffset() !== 0)) {
  for (const time of times) {
    const local = document.createElement("span");
    local.className = "local";
    const at = form.format(new Date(time.dateTime));
    local.textContent = time.closest("table") ? at : " (" + at + " your time)";
    time.after(local);
  }
  document.getElementById("zone").textContent = " Times in grey are in your time zone, " + zone + ".";
}
`;
