import { effectsTable } from "./html-effects.ts";
import { html, type Markup } from "./markup.ts";
import { page } from "./page.ts";
import type { EvidenceRecord, EvidenceReport, EvidenceResult } from "./record.ts";
import { type Fact, factsOf, listsOf, meaning, remainingOf, type TitledList } from "./words.ts";

// The result is a word and a sign, so that it is not told by colour alone.
const SIGNS: Readonly<Record<EvidenceResult, string>> = { PASS: "✓", INCOMPLETE: "!", PENDING: "…" };

/** Evidence as one self-contained HTML page: no script, nothing fetched, everything from upstream escaped. */
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
${runs.map((run, index) => section(run, index + 1, several))}
<footer>
<p>Written by trello-identity-mcp from its journal. All times are UTC. <code>trello-identity-mcp audit verify</code>
checks the chain of audit records in which the request, the decision and the end of
${several ? "each run" : "this run"} are kept.</p>
</footer>
</main>`,
  });
}

function verdict(report: EvidenceReport): Markup {
  const { result } = report;
  return html`<div class="verdict ${result.toLowerCase()}">
<span class="sign" aria-hidden="true">${SIGNS[result]}</span>
<p><strong>${result}</strong> ${meaning(report)}</p>
</div>`;
}

function overview(runs: readonly EvidenceRecord[]): Markup {
  const rows = runs.map(
    (run, index) =>
      html`<li><a href="#run-${index + 1}"><bdi>${run.summary}</bdi></a>
<span class="${run.result.toLowerCase()}">${run.result}</span></li>`,
  );
  return html`<nav aria-label="Runs"><ol>${rows}</ol></nav>`;
}

function section(run: EvidenceRecord, number: number, several: boolean): Markup {
  return html`<article id="run-${number}">
${several ? html`<h2><bdi>${run.summary}</bdi></h2>` : ""}
${several ? html`<p class="${run.result.toLowerCase()}"><strong>${run.result}</strong></p>` : ""}
${remainingOf(run).map(list)}
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
