import type { AccessLetter, AccessRow, Finding, Review } from "../domain/review.ts";
import { plural } from "../domain/text.ts";
import { SCRIPT, STYLE } from "./matrix-look.ts";
import { html, type Markup, page } from "./page.ts";
import { KIND_WORDS, LETTER_WORDS, subjectText } from "./review.ts";
import { timeText } from "./words.ts";

/**
 * A review as one HTML page that loads no other file: the findings, and a table of people and boards. The page is
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
<label>Board or workspace <input type="search" id="place"></label>
<label>Role <select id="role"><option value="">Any</option>${letters().map(
      (letter) => html`<option value="${letter}">${LETTER_WORDS[letter]}</option>`,
    )}</select></label>
<label><input type="checkbox" id="found"> With findings only</label>
<output id="shown" aria-live="polite"></output>
</form>
${matrix(review)}
</section>
<footer><p>Written by trello-identity-mcp. All times are UTC.</p></footer>
</main>`,
  });
}

const letters = (): readonly AccessLetter[] => Object.keys(LETTER_WORDS) as AccessLetter[];

function legend(): Markup {
  return html`<ul class="legend">${letters().map(
    (letter) => html`<li><b class="c ${letter.toLowerCase()}">${letter}</b> ${LETTER_WORDS[letter]}</li>`,
  )}<li><b class="c m f">M</b> with a finding</li><li><b class="none"></b> no access was seen</li></ul>`;
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
<table class="found"><thead><tr><th scope="col">Finding</th><th scope="col">Who or what</th><th scope="col">Severity</th>
<th scope="col">Certainty</th><th scope="col">Evidence</th><th scope="col">Id</th></tr></thead>
<tbody>${findings.map(
    (finding) => html`<tr><td><strong>${KIND_WORDS[finding.kind]}</strong></td>
<td><bdi>${subjectText(finding)}</bdi></td>
<td class="${SEVERITY[finding.severity]}">${finding.severity}</td><td>${finding.confidence}</td>
<td><bdi>${finding.evidence.join(" ")}</bdi></td><td><code>${finding.id}</code></td></tr>
`,
  )}</tbody></table></div></section>`;
}

/**
 * How many findings each member has (by member id), and the cells of the table that the findings are about. A cell is
 * written as the member's id, a space, and the id of the workspace or board.
 */
interface Found {
  readonly counts: ReadonlyMap<string, number>;
  readonly cells: ReadonlySet<string>;
}

function foundIn(findings: readonly Finding[]): Found {
  const counts = new Map<string, number>();
  const cells = new Set<string>();
  for (const { person, places } of findings) {
    if (!person) continue;
    counts.set(person.idMember, (counts.get(person.idMember) ?? 0) + 1);
    for (const { idOrganization, boards } of places)
      for (const id of [idOrganization, ...boards.map((board) => board.id)])
        cells.add(`${person.idMember} ${id}`);
  }
  return { counts, cells };
}

function matrix({ access: { workspaces, people }, findings }: Review): Markup {
  const found = foundIn(findings);
  const boards = workspaces.reduce((sum, workspace) => sum + workspace.boards.length, 0);
  const count = ({ idMember }: AccessRow) => found.counts.get(idMember) ?? 0;
  return html`<div class="scroll grid" role="region" tabindex="0" aria-labelledby="matrix">
<table class="matrix"><colgroup><col class="who"><col span="2"><col span="${boards + workspaces.length}"></colgroup><thead>
<tr><th scope="col" rowspan="2" data-sort="text">Name</th>${["Findings", "Boards"].map(
    (name) => html`<th scope="col" rowspan="2" class="up" data-sort="number">${name}</th>`,
  )}${workspaces.map(
    (workspace) =>
      html`<th scope="colgroup" class="w" colspan="${workspace.boards.length + 1}"><bdi>${workspace.name}</bdi></th>`,
  )}</tr>
<tr>${workspaces.map(
    (workspace) =>
      html`<th scope="col" class="up w" data-place="${workspace.name}"><span>Workspace</span></th>${workspace.boards.map(
        ({ name }) =>
          html`<th scope="col" class="up" data-place="${name}" title="${name}"><span><bdi>${name}</bdi></span></th>`,
      )}`,
  )}</tr></thead>
<tbody>${people
    .toSorted((a, b) => count(b) - count(a))
    .map((person) => personRow(person, workspaces, found))}</tbody>
</table></div>`;
}

/**
 * Neighbouring cells without access are joined into one cell. So the page has a tenth of the cells, and a browser needs
 * a tenth of the time.
 */
function personRow(
  { idMember, name, username, letters: held }: AccessRow,
  workspaces: Review["access"]["workspaces"],
  found: Found,
): Markup {
  const boards = workspaces.flatMap((each) => each.boards).filter(({ id }) => held[id] !== undefined).length;
  return html`<tr><th scope="row"><bdi>${name}</bdi>${username === null ? "" : html` <small>@${username}</small>`}</th><td>${found.counts.get(idMember) ?? 0}</td><td>${boards}</td>${workspaces.map(
    (workspace) => {
      const cells: Markup[] = [];
      let empty = 0;
      const fill = () => {
        // On paper, the row shows the name of a workspace before the names of its boards. A guest of the boards has no
        // letter for the workspace, so the empty cell gets the name.
        const isGuest = workspace.boards.some(({ id }) => held[id] !== undefined);
        const name = isGuest ? html` title="${workspace.name}"` : "";
        const edge = cells.length === 0 ? html` class="w"${name}` : "";
        if (empty > 0) cells.push(html`<td${edge} colspan="${empty}"></td>`);
        empty = 0;
      };
      for (const place of [workspace, ...workspace.boards]) {
        const letter = held[place.id];
        if (letter === undefined) {
          empty += 1;
          continue;
        }
        fill();
        const isFound = found.cells.has(`${idMember} ${place.id}`);
        const marks = `${cells.length === 0 ? " w" : ""}${isFound ? " f" : ""}`;
        cells.push(html`<td class="c ${letter.toLowerCase()}${marks}" title="${place.name}">${letter}</td>`);
      }
      fill();
      return cells;
    },
  )}</tr>
`;
}
