import { html, type Markup } from "./markup.ts";
import type { RecordedEffect } from "./record.ts";
import { outcomeOf, stateLines, when } from "./words.ts";

/** The changes as a table, which scrolls sideways by itself where the page is narrow; `id` names it in the page. */
export function effectsTable(effects: readonly RecordedEffect[], id: string): Markup {
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
    : html`<time class="line" datetime="${iso}">${when(iso).replace(/ UTC$/, "")}</time>`;
}

/** Done counts as good only as long as reading it again did not say otherwise. */
function gradeOf({ state, confirmed }: RecordedEffect): "pass" | "incomplete" | "pending" {
  if (state === "failed" || confirmed === false) return "incomplete";
  return state === "applied" || state === "already" ? "pass" : "pending";
}
