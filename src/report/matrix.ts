import type { AccessLetter, AccessRow, Finding, Review } from "../domain/review.ts";
import { plural } from "../domain/text.ts";
import { html, type Markup, page } from "./page.ts";
import { KIND_WORDS, LETTER_WORDS, subjectText } from "./review.ts";
import { timeText } from "./words.ts";

/**
 * A review as one HTML page that loads nothing else: the findings, and a table of people and boards. The page is
 * complete without its script, which filters and sorts.
 */
export function reviewHtml(review: Review): string {
  const { at, access, findings, coverage } = review;
  const boards = access.workspaces.reduce((sum, workspace) => sum + workspace.boards.length, 0);
  const size = `${plural(access.people.length, "person", "people")}, ${plural(boards, "board")}`;
  return page({
    title: `Access review: ${size}`,
    style: STYLE,
    script: SCRIPT,
    body: html`<main>
<header>
<p class="kicker">Access review</p>
<h1>${size}</h1>
<p>Read ${timeText(at)}. Review <code>${review.id}</code>.</p>
</header>
${findingsTable(findings)}
<section class="list"><h2>What was read</h2>
<ul>${coverage.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul></section>
<section class="list"><h2 id="matrix">Who can open what</h2>
${legend()}
<form class="controls" hidden>
<label>Person <input type="search" id="person"></label>
<label>Role <select id="role"><option value="">Any</option>${letters().map(
      (letter) => html`<option value="${letter}">${LETTER_WORDS[letter]}</option>`,
    )}</select></label>
<label><input type="checkbox" id="found"> With findings only</label>
<output id="shown" aria-live="polite"></output>
</form>
${matrix(review)}
</section>
<footer><p>Written by trello-identity-mcp. All times are UTC. An empty cell: no access was seen.</p></footer>
</main>`,
  });
}

const letters = (): readonly AccessLetter[] => Object.keys(LETTER_WORDS) as AccessLetter[];

function legend(): Markup {
  return html`<ul class="legend">${letters().map(
    (letter) => html`<li><b class="c ${letter.toLowerCase()}">${letter}</b> ${LETTER_WORDS[letter]}</li>`,
  )}</ul>`;
}

const SEVERITY: Readonly<Record<Finding["severity"], string>> = {
  high: "incomplete",
  medium: "pending",
  low: "",
};

function findingsTable(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html`<p>Nothing was found.</p>`;
  return html`<section class="changes">
<h2 id="findings">Findings <span class="count">${findings.length}</span></h2>
<div class="scroll" role="region" tabindex="0" aria-labelledby="findings">
<table><thead><tr><th scope="col">Finding</th><th scope="col">Who or what</th><th scope="col">Severity</th>
<th scope="col">Certainty</th><th scope="col">Evidence</th><th scope="col">Id</th></tr></thead>
<tbody>${findings.map(
    (finding) => html`<tr><td><strong>${KIND_WORDS[finding.kind]}</strong></td>
<td><bdi>${subjectText(finding)}</bdi></td>
<td class="${SEVERITY[finding.severity]}">${finding.severity}</td><td>${finding.confidence}</td>
<td><bdi>${finding.evidence.join(" ")}</bdi></td><td><code>${finding.id}</code></td></tr>
`,
  )}</tbody></table></div></section>`;
}

function matrix({ access, findings }: Review): Markup {
  const found = new Map<string, number>();
  for (const { person } of findings)
    if (person) found.set(person.idMember, (found.get(person.idMember) ?? 0) + 1);
  const places = access.workspaces.flatMap(({ id, name, boards }) => [{ id, name }, ...boards]);
  return html`<div class="scroll" role="region" tabindex="0" aria-labelledby="matrix">
<table class="matrix"><thead>
<tr><th scope="colgroup" colspan="3">Person</th>${access.workspaces.map(
    ({ name, boards }) => html`<th scope="colgroup" colspan="${boards.length + 1}"><bdi>${name}</bdi></th>`,
  )}</tr>
<tr><th scope="col" data-sort="text">Name</th><th scope="col" data-sort="number">Findings</th><th scope="col" data-sort="number">Boards</th>${access.workspaces.map(
    ({ boards }) =>
      html`<th scope="col" class="up"><span>Workspace</span></th>${boards.map(
        ({ name }) => html`<th scope="col" class="up"><span><bdi>${name}</bdi></span></th>`,
      )}`,
  )}</tr></thead>
<tbody>${access.people.map((person) => personRow(person, places, access, found.get(person.idMember) ?? 0))}</tbody>
</table></div>`;
}

function personRow(
  { name, username, letters: held }: AccessRow,
  places: readonly { readonly id: string; readonly name: string }[],
  { workspaces }: Review["access"],
  findings: number,
): Markup {
  const boards = workspaces.flatMap((each) => each.boards).filter(({ id }) => held[id] !== undefined).length;
  return html`<tr><th scope="row"><bdi>${name}</bdi>${username === null ? "" : html` <small>@${username}</small>`}</th><td>${findings}</td><td>${boards}</td>${places.map(
    ({ id, name: place }) => {
      const letter = held[id];
      return letter === undefined
        ? html`<td></td>`
        : html`<td class="c ${letter.toLowerCase()}" title="${place}">${letter}</td>`;
    },
  )}</tr>
`;
}

// A matrix of many boards is wider than any paper. So the printed page has each person with the names of the places.
const STYLE = `
:root { --a: #1c4e8a; --on-a: #ffffff; --m: #a9c5e8; --o: #dfe9f6; --on: #14283f; --line: #7d838b; }
@media (prefers-color-scheme: dark) { :root { --a: #93bdf2; --on-a: #0c1a2a; --m: #33537a; --o: #212e3e; --on: #e7eef8; --line: #79828c; } }
main { max-width: none; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; list-style: none; padding: 0; font-size: .85rem; }
.legend b { display: inline-block; width: 1.7em; text-align: center; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: end; margin: 1rem 0; }
.controls[hidden] { display: none; }
.controls input, .controls select { font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); color: var(--ink); }
.matrix { width: auto; min-width: 0; }
.matrix th, .matrix td { padding: .15rem .35rem; border-left: 1px solid var(--rule); vertical-align: middle; }
.matrix tbody th { position: sticky; left: 0; background: var(--raised); white-space: nowrap; font-weight: 400; min-width: 0; }
@media (max-width: 48rem) { .matrix tbody th { white-space: normal; max-width: 8rem; } }
.matrix td { min-width: 1.8rem; text-align: center; }
.matrix .up { vertical-align: bottom; height: 12rem; }
.matrix .up span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11.5rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.matrix [data-sort] button { font: inherit; color: inherit; background: none; border: 0; padding: 0; text-decoration: underline; cursor: pointer; }
.c { font-weight: 700; color: var(--on); }
.c.a { background: var(--a); color: var(--on-a); } .c.m { background: var(--m); } .c.o { background: var(--o); }
.c.g { background: var(--raised); color: var(--ink); box-shadow: inset 0 0 0 2px var(--a); }
.c.i { background: var(--raised); color: var(--ink); outline: 1px dashed var(--line); outline-offset: -2px; }
.c.d { background: var(--raised); color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); }
@media print {
  .controls, .matrix thead, .matrix td:empty { display: none; }
  .scroll { overflow: visible; }
  .matrix, .matrix tbody, .matrix tr { display: block; }
  .matrix tr { break-inside: avoid; padding: .3rem 0; border-bottom: 1px solid var(--rule); font-size: 8pt; }
  .matrix tbody th, .matrix td { display: inline; position: static; padding: 0 .3rem 0 0; border: 0; background: none; }
  .matrix tbody th { font-weight: 700; white-space: normal; }
  .matrix td:nth-of-type(1)::before { content: "Findings: "; }
  .matrix td:nth-of-type(2)::before { content: "Boards: "; }
  .matrix .c { color: inherit; background: none; box-shadow: none; outline: 0; white-space: nowrap; }
  .matrix .c::after { content: " " attr(title) ";"; font-weight: 400; }
  .legend b { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

// Filters and sorts the tables when the reader types or clicks. Without this script, the page shows everything.
const SCRIPT = `
const form = document.querySelector(".controls");
const body = document.querySelector(".matrix tbody");
const rows = [...body.rows];
const [person, role, found, shown] = ["person", "role", "found", "shown"].map((id) => document.getElementById(id));
const show = () => {
  const text = person.value.trim().toLowerCase();
  let count = 0;
  for (const row of rows) {
    const cells = [...row.cells];
    row.hidden = !cells[0].textContent.toLowerCase().includes(text)
      || (found.checked && cells[1].textContent === "0")
      || (role.value !== "" && !cells.slice(3).some((cell) => cell.textContent === role.value));
    if (!row.hidden) count += 1;
  }
  shown.textContent = count + " of " + rows.length + " people";
};
form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
document.querySelectorAll(".matrix [data-sort]").forEach((head, index) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === (head.dataset.sort === "text" ? "ascending" : "descending");
    document.querySelectorAll(".matrix [data-sort]").forEach((each) => each.removeAttribute("aria-sort"));
    const text = head.dataset.sort === "text";
    const order = (text ? 1 : -1) * (down ? -1 : 1);
    head.setAttribute("aria-sort", order === 1 ? "ascending" : "descending");
    rows.sort((a, b) => {
      const [one, other] = [a.cells[index].textContent, b.cells[index].textContent];
      return order * (text ? one.localeCompare(other) : Number(one) - Number(other));
    });
    body.append(...rows);
  });
});
show();
`;
