import { createFinal } from "../../domain/review-share.ts";
import {
  ITEM_DECISIONS,
  type ReviewItem,
  type ReviewRecord,
  type SignOff,
  type SignOffState,
  stateOf,
} from "../../domain/sign-off.ts";
import { listNames, plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import { KIND_WORDS, LETTER_WORDS, subjectText } from "../../report/review.ts";
import { bdi, fact, notes, tag, time } from "./frame.ts";
import { reviewFigures } from "./review-figures.ts";
import { stateTag } from "./review-list.ts";

/** Which part of a review the reader chose to see, and how many rows there are. */
export interface ReviewPage {
  readonly search: string;
  readonly openOnly: boolean;
  /** The number of the page; the first page is 1. */
  readonly page: number;
  readonly pages: number;
  readonly items: readonly ReviewItem[];
  readonly matching: number;
  readonly all: readonly ReviewItem[];
}

export interface ReviewReader {
  readonly base: string;
  /** The name under which the reader decides; null if the reader may only read. */
  readonly reviewer: string | null;
  /**
   * How many decisions and proposals about this reviewer's items the page shows. The reader's form sends this number
   * back. If more are stored by then, the reader has not seen the newest ones.
   */
  readonly seen: number;
  /** Whether the reader may see the items of all reviewers and also the final package. */
  readonly mayRead: boolean;
  readonly saveToken: string;
  readonly signToken: string;
  readonly mistake: string | null;
  /**
   * If a form was refused: its fields as the reader typed them, so that the reader need not type them again. Otherwise
   * null.
   */
  readonly typed: Readonly<Record<string, unknown>> | null;
}

const WORDS = { keep: "Keep", change: "Change", remove: "Remove" } as const;
const TONES = { high: "stop", medium: "warn", low: "plain" } as const;
const SHAPES = { high: "stop", medium: "warn", low: "stays" } as const;

/** The page of a named review: progress, people with findings, all other people, and the sign-off at the end. */
export function reviewView(record: ReviewRecord, shown: ReviewPage, reader: ReviewReader): Markup {
  const { signOff, review } = record;
  const state = stateOf(record);
  const undecided = shown.all.filter(({ id }) => !state.decisions.has(id)).length;
  const done = shown.all.length - undecided;
  const isFinal = createFinal(record);
  const mayDecide = reader.reviewer !== null && shown.all.some(({ id }) => !isFinal(id));
  const address = `${reader.base}/reviews/${signOff.reviewId}`;
  const places = review.access.workspaces.map(({ name }) => name);
  const found = shown.items.filter(({ findings }) => findings.length > 0);
  const others = shown.items.filter(({ findings }) => findings.length === 0);
  const about = review.findings.filter(({ person }) => person === null);
  const tables = html`${table("found", "With findings", "The most severe first", found, record, reader)}
${table("others", "Without findings", "By name", others, record, reader)}`;
  return html`<p class="eyebrow">${stateTag(state)}<span>List made ${time(review.at)}</span></p>
<h1>${bdi(signOff.name)}</h1>
<p class="lead"><span>Who may still use ${bdi(listNames(places, 5))}? ${leadText(state)}</span></p>
${reader.mistake === null ? "" : html`<p class="error" role="alert">${reader.mistake}</p>`}
${reviewFigures(record, shown.all)}
<div class="card"><p><label for="progress"><strong>${done} of ${shown.all.length}</strong> decided</label></p><progress id="progress" max="${Math.max(1, shown.all.length)}" value="${done}"></progress>
<dl class="facts">${signOff.period === null ? "" : fact("Period", bdi(signOff.period))}${fact("Reviewers", bdi(listNames(signOff.reviewers, 10)))}${signOff.due === undefined ? "" : fact("Due", bdi(signOff.due))}${fact("You", html`${reader.reviewer === null ? "only read: you are not one of the reviewers" : youText(signOff)}`)}${state.signed.map(({ by, at, hash }) => fact("Signed", html`${bdi(by)}, ${time(at)}<br><span class="sub">SHA-256 of the package <code>${hash}</code></span>`))}${state.isSigned && reader.mayRead ? fact("Package", html`<a href="#sign-off">at the end of this page</a>`) : ""}</dl>
<details><summary>What was read</summary><ul>${review.coverage.map((line) => html`<li>${bdi(line)}</li>`)}</ul></details>
<details class="keys"><summary>Keyboard</summary><p>Tab goes from row to row, arrow keys choose, Enter in a note saves. Nothing but the button at the end signs off.</p></details></div>
${notes(
  "about",
  "About workspaces and boards",
  about.map((finding) => ({
    tone: TONES[finding.severity],
    shape: SHAPES[finding.severity],
    word: finding.severity,
    text: `${KIND_WORDS[finding.kind]}: ${subjectText(finding)}. ${finding.evidence.join(" ")}`,
  })),
)}
<section aria-labelledby="people"><h2 id="people">People and places <span class="count">${shown.matching} of ${shown.all.length}</span></h2>
<form class="filters" method="get" action="${address}"><div><label for="search">Search a person or place</label><input type="search" id="search" name="q" value="${shown.search}" data-filter></div>
<div><label for="show">Show</label><select id="show" name="show"><option value="all">Everyone</option><option value="open"${shown.openOnly ? html` selected` : ""}>Undecided</option></select></div><button type="submit">Show</button></form>
<p class="hint" id="matches" role="status"></p>
${
  mayDecide
    ? html`<form method="post" action="${address}/save"><input type="hidden" name="token" value="${reader.saveToken}"><input type="hidden" name="seen" value="${reader.seen}"><input type="hidden" name="q" value="${shown.search}"><input type="hidden" name="show" value="${shown.openOnly ? "open" : "all"}"><input type="hidden" name="page" value="${shown.page}">
${tables}
<div class="savebar"><span><strong>${done} of ${shown.all.length}</strong> decided and saved</span><span class="act-row">${nextUndecided(record, shown, address)}<button type="submit">Save</button></span></div></form>`
    : tables
}
${pager(shown, address)}</section>
${signing(record, reader, { all: shown.all, undecided, address })}`;
}

function leadText({ isSigned, signed }: SignOffState): string {
  if (isSigned) return "Everyone has signed, so no decision can change any more.";
  return signed.length > 0
    ? "Signed decisions cannot change any more."
    : "Nothing changes in Trello while you decide.";
}

function youText({ items }: SignOff): string {
  return `decide and sign as a reviewer${items === undefined ? "" : ", about the people and places that are assigned to you"}`;
}

function table(
  id: string,
  title: string,
  caption: string,
  items: readonly ReviewItem[],
  record: ReviewRecord,
  reader: ReviewReader,
): Markup | "" {
  if (items.length === 0) return "";
  return html`<h3 class="part" id="${id}">${title} <span class="count">${items.length} on this page</span></h3>
<div class="box"><table class="stack" aria-labelledby="${id}"><caption>${caption}</caption>
<thead><tr><th scope="col">Person and place</th><th scope="col">Access in the list</th><th scope="col">Finding</th><th scope="col">Decision</th><th scope="col">Note</th></tr></thead>
<tbody>${items.map((item) => itemRow(item, record, reader))}</tbody></table></div>`;
}

function itemRow(item: ReviewItem, record: ReviewRecord, reader: ReviewReader): Markup {
  const { id, person, workspace, letter, boards, findings } = item;
  const { decisions, proposals } = stateOf(record);
  const [decided, proposal] = [decisions.get(id), proposals.get(id)];
  const mayDecide = reader.reviewer !== null && !createFinal(record)(id);
  const what = `${person.name}, ${workspace.name}`;
  const find = `${what} ${person.username ?? ""} ${person.email ?? ""}`.toLowerCase();
  return html`<tr id="${rowId(id)}" data-find="${find}"><th scope="row"><strong>${bdi(person.name)}</strong><br><span class="sub">${person.username === null ? "" : html`<bdi>@${person.username}</bdi><br>`}${person.email === null ? "" : html`<bdi>${person.email}</bdi><br>`}${bdi(workspace.name)}</span></th>
<td data-label="Access:">${letter === null ? "Guest of boards" : LETTER_WORDS[letter]}<br><span class="sub">${
    boards.length === 0
      ? "no open board"
      : bdi(
          listNames(
            boards.map(({ name }) => name),
            3,
          ),
        )
  }</span></td>
<td data-label="Finding:">${findings.length === 0 ? html`<span class="muted">None</span>` : findings.map(({ kind, severity, confidence, evidence }) => html`<p>${tag(TONES[severity], SHAPES[severity], severity)} ${KIND_WORDS[kind]}<br><span class="sub">${bdi(evidence.join(" "))} Confidence: ${confidence}.</span></p>`)}</td>
<td>${mayDecide ? choice(item, what, decided, reader) : decided ? tag(decided.decision === "keep" ? "good" : "warn", null, WORDS[decided.decision]) : html`<span class="muted">Undecided</span>`}${
    decided === undefined ? "" : html`<br><span class="sub">${bdi(decided.by)}, ${time(decided.at)}</span>`
  }${
    proposal === undefined
      ? ""
      : html`<p class="proposal">${tag("plain", "unverified", "Proposal of an agent")} ${WORDS[proposal.decision]}${proposal.note === null ? "" : html`: ${bdi(proposal.note)}`}<br><span class="sub">${bdi(proposal.client)}; not a decision</span></p>`
  }</td>
<td data-label="Note:">${mayDecide ? noteFields(item, what, decided, reader) : html`${bdi(decided?.note ?? "")}${decided?.until ? html`<br><span class="sub">accepted until ${decided.until}</span>` : ""}`}</td></tr>
`;
}

type Decided = { readonly decision: string; readonly note: string | null; readonly until: string | null };

function choice(
  { id }: ReviewItem,
  what: string,
  decided: Decided | undefined,
  { typed }: ReviewReader,
): Markup {
  const chosen = typed === null ? decided?.decision : typed[`d.${id}`];
  return html`<fieldset class="seg"><legend class="vh">Decision for ${what}</legend>${ITEM_DECISIONS.map(
    (word) =>
      html`<label><input type="radio" name="d.${id}" value="${word}"${chosen === word ? html` checked` : ""}>${WORDS[word]}</label>`,
  )}</fieldset>`;
}

function noteFields(
  { id, findings }: ReviewItem,
  what: string,
  decided: Decided | undefined,
  { typed }: ReviewReader,
): Markup {
  const value = (name: string, saved: string | null | undefined) => {
    const shown = typed === null ? saved : typed[name];
    return typeof shown === "string" ? shown : "";
  };
  const [note, until] = [value(`n.${id}`, decided?.note), value(`u.${id}`, decided?.until)];
  return html`<label class="vh" for="n.${id}">Note for ${what}</label><input type="text" id="n.${id}" name="n.${id}" value="${note}" maxlength="500" placeholder="Note">${
    findings.length === 0
      ? ""
      : html`<label class="sub" for="u.${id}">Keep until<span class="vh"> for ${what}</span></label><input type="date" id="u.${id}" name="u.${id}" value="${until}">`
  }<div class="printed">${bdi(note)}${until === "" ? "" : html`<br><span class="sub">Keep until ${until}</span>`}</div>`;
}

function rowId(item: string): string {
  return `row-${item}`;
}

function nextUndecided(record: ReviewRecord, { items, all }: ReviewPage, address: string): Markup | "" {
  const { decisions } = stateOf(record);
  const here = items.find(({ id }) => !decisions.has(id));
  if (here) return html`<a class="button" href="#${rowId(here.id)}">Next undecided</a>`;
  const isLeft = all.some(({ id }) => !decisions.has(id));
  return isLeft ? html`<a class="button" href="${address}?show=open">Next undecided</a>` : "";
}

function pager({ page, pages, search, openOnly }: ReviewPage, address: string): Markup | "" {
  if (pages < 2) return "";
  const to = (n: number) =>
    `${address}?${new URLSearchParams({ q: search, show: openOnly ? "open" : "all", page: String(n) }).toString()}`;
  return html`<nav aria-label="Pages of people"><p class="lead">${page > 1 ? html`<a href="${to(page - 1)}">Page before</a>` : ""}<span>Page ${page} of ${pages}. Save before you leave a page.</span>${page < pages ? html`<a href="${to(page + 1)}">Next page</a>` : ""}</p></nav>`;
}

function signing(
  record: ReviewRecord,
  reader: ReviewReader,
  {
    all,
    undecided,
    address,
  }: { readonly all: readonly ReviewItem[]; readonly undecided: number; readonly address: string },
): Markup {
  const { decisions, signed, missing, isSigned } = stateOf(record);
  const count = (word: string) => all.filter(({ id }) => decisions.get(id)?.decision === word).length;
  const sums = html`<ul><li>${count("keep")} keep</li><li>${count("change")} change: a person makes these changes, as the notes say</li><li>${count("remove")} remove: all removals become one plan, which a person must still approve</li><li>${undecided} undecided</li></ul>`;
  const mine = signed.some(({ reviewer }) => reviewer === reader.reviewer);
  const files = html`<p class="act">The package: <a href="${address}/package.md">Markdown</a>, <a href="${address}/package.json">JSON</a></p>`;
  const form = html`<p class="hint">Your name, the time, the list as it was, each decision and note go into the package. Its hash goes into the audit log. ${record.signOff.items === undefined ? "After the first sign-off, no decision can change." : "After you sign, the decisions about your items cannot change."}</p>
<form method="post" action="${address}/sign" class="act"><input type="hidden" name="token" value="${reader.signToken}"><input type="hidden" name="seen" value="${reader.seen}"><button class="primary" type="submit">Sign off</button></form>`;
  return html`<section class="card" aria-labelledby="sign-off"><h2 id="sign-off">Sign off</h2>${sums}${
    isSigned && reader.mayRead
      ? files
      : reader.reviewer === null || mine
        ? html`<p>${mine ? "You have signed. " : ""}${missing.length === 0 ? "Everyone has signed." : html`Not signed by: ${bdi(reader.mayRead ? listNames(missing, 10) : plural(missing.length, "reviewer"))}`}</p>`
        : undecided > 0
          ? html`<p>You can sign off when ${plural(undecided, "more item")} ${undecided === 1 ? "is" : "are"} decided and saved. <a href="${address}?show=open">Show the undecided</a></p>`
          : form
  }</section>`;
}
