import { type ReviewRecord, type ReviewSummary, type SignOffState, stateOf } from "../../domain/sign-off.ts";
import { html, type Markup } from "../../report/page.ts";
import { bdi, tag, time } from "./frame.ts";

/** The list of this reader's named reviews, the newest on top. */
export function reviewsView(base: string, records: readonly ReviewSummary[]): Markup {
  return html`<h1>Access reviews</h1>${
    records.length === 0
      ? html`<p class="lead">There is no named review. An agent starts one with start_review.</p>`
      : html`<section aria-label="Named reviews"><div class="box"><table class="stack"><caption>Newest first</caption>
<thead><tr><th scope="col">Review</th><th scope="col">State</th><th scope="col">Reviewers</th><th scope="col">Started</th></tr></thead>
<tbody>${records.map((record) => row(base, record))}</tbody></table></div></section>`
  }`;
}

function row(base: string, record: ReviewSummary): Markup {
  const { reviewId, name, period, reviewers, at } = record.signOff;
  return html`<tr><th scope="row"><a href="${base}/reviews/${reviewId}">${bdi(name)}</a>${period === null ? "" : html`<br><span class="sub">${bdi(period)}</span>`}</th>
<td>${stateTag(stateOf(record))}</td><td data-label="Reviewers">${bdi(reviewers.join(", "))}</td><td data-label="Started">${time(at)}</td></tr>
`;
}

export function stateTag({ isSigned, signed }: SignOffState): Markup {
  if (isSigned) return tag("good", "good", "Signed off");
  return signed.length > 0 ? tag("acc", "wait", "Being signed") : tag("acc", "wait", "Open");
}

/** The state of a named review, for a visitor who is not known. This page cannot decide. */
export function reviewStatusView(record: ReviewRecord): Markup {
  const state = stateOf(record);
  return html`<p class="eyebrow">${stateTag(state)}</p><h1>${bdi(record.signOff.name)}</h1>
<p class="lead">This address decides nothing. A reviewer decides and signs on the page that the server opened in the browser. The agent reads the state with get_review.</p>`;
}
