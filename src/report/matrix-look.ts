/**
 * The look of the page of a review. All columns have a fixed width, because a browser would otherwise measure every
 * cell of a large table. The table scrolls in a box of its own, so the headings of its columns and the names of people
 * stay in view. A table of many boards is wider than any paper, so the printed page lists for each person the names of
 * the workspaces and boards instead.
 */
export const STYLE = `
:root { --a: #1c4e8a; --on-a: #ffffff; --m: #a9c5e8; --o: #dfe9f6; --on: #14283f; --line: #7d838b; --stop: #9d2411; --who: 18rem; --cell: 1.9rem; }
@media (prefers-color-scheme: dark) { :root { --a: #93bdf2; --on-a: #0c1a2a; --m: #33537a; --o: #212e3e; --on: #e7eef8; --line: #79828c; --stop: #ffa18c; } }
main { max-width: none; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; list-style: none; padding: 0; font-size: .85rem; }
.legend b { display: inline-block; width: 1.7em; height: 1.55em; text-align: center; vertical-align: bottom; }
.legend .none { border: 1px solid var(--rule); }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: end; margin: 1rem 0; }
.controls[hidden] { display: none; }
.controls input, .controls select { font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); color: var(--ink); }
.controls :focus-visible, .matrix button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.found td { min-width: 0; } .found td:nth-child(2) { min-width: 12rem; } .found td:nth-child(5) { min-width: 18rem; }
.found code { white-space: nowrap; }
.grid { max-height: 94vh; overflow: auto; }
.matrix { table-layout: fixed; width: 0; min-width: 0; border-collapse: separate; border-spacing: 0; }
.matrix col { width: var(--cell); } .matrix .who { width: var(--who); }
.matrix th, .matrix td { padding: .15rem .35rem; border: 0 solid var(--rule); border-width: 1px 0 0 1px; vertical-align: middle; }
.matrix td { padding: .15rem 0; text-align: center; min-width: 0; }
.matrix .w { border-left: 2px solid var(--line); }
.matrix td:empty { background: repeating-linear-gradient(90deg, transparent 0 calc(var(--cell) - 1px), var(--rule) 0 var(--cell)) -1px 0; }
.matrix thead { position: sticky; top: 0; z-index: 2; }
.matrix thead th { background: var(--raised); color: var(--ink); white-space: normal; }
.matrix thead [rowspan] { vertical-align: bottom; }
.matrix th:first-child[data-sort], .matrix tbody th { position: sticky; left: 0; z-index: 1; background: var(--raised); border-left: 0; }
.matrix tbody th { font-weight: 400; box-shadow: 0 1px var(--rule); }
.matrix [colspan] bdi { position: sticky; left: calc(var(--who) + .5rem); display: inline-block; max-width: calc(100vw - var(--who) - 4rem); }
.matrix .up { vertical-align: bottom; padding: .3rem 0; font-size: .75rem; line-height: 1.15; }
.matrix .up span, .matrix .up button { display: block; margin: 0 auto; max-width: 1.8rem; max-height: 13rem; overflow: hidden; writing-mode: vertical-rl; transform: rotate(180deg); }
.matrix .up span { font-weight: 400; }
.matrix [data-sort] button { font: inherit; color: inherit; background: none; border: 0; padding: .2rem 0; text-align: left; text-decoration: underline; cursor: pointer; }
.matrix [aria-sort=ascending] button::after { content: " \\2191"; } .matrix [aria-sort=descending] button::after { content: " \\2193"; }
.c { font-weight: 700; color: var(--on); }
.c.a { background-color: var(--a); color: var(--on-a); } .c.m { background-color: var(--m); } .c.o { background-color: var(--o); }
.c.g { background-color: var(--raised); color: var(--ink); box-shadow: inset 0 0 0 2px var(--a); }
.c.i { background-color: var(--raised); color: var(--ink); outline: 1px dashed var(--line); outline-offset: -2px; }
.c.d { background-color: var(--raised); color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); }
.c.f { background-image: linear-gradient(225deg, var(--paper) 0 .1rem, var(--stop) 0 .42rem, transparent 0); }
@media (max-width: 48rem) {
  :root { --who: 8.5rem; }
  .matrix small { display: block; overflow: hidden; text-overflow: ellipsis; }
  .controls label { flex: 1 1 10rem; } .controls input[type=search], .controls select { display: block; width: 100%; }
  .found, .found tbody, .found tr, .found td { display: block; min-width: 0; } .found thead { display: none; }
  .found tr { padding: .6rem .85rem; border-top: 1px solid var(--rule); } .found td, .found td:nth-child(n) { padding: .1rem 0; border: 0; min-width: 0; }
  .found td:nth-child(3)::before { content: "Severity: "; color: var(--muted); } .found td:nth-child(4)::before { content: "Certainty: "; color: var(--muted); }
}
@media print {
  .controls, .matrix thead, .matrix td:empty:not([title]) { display: none; }
  .scroll, .grid { overflow: visible; max-height: none; }
  .matrix, .matrix tbody, .matrix tr { display: block; width: auto; }
  .matrix tr { break-inside: avoid; padding: .3rem 0; border-bottom: 1px solid var(--rule); font-size: 8pt; }
  .matrix tbody th, .matrix td { display: inline-block; max-width: 100%; position: static; padding: 0 .35rem 0 0; border: 0; background: none; text-align: left; }
  .matrix .w { border: 0; }
  .matrix tbody th { font-weight: 700; box-shadow: none; }
  .matrix td:nth-of-type(1)::before { content: "Findings: "; }
  .matrix td:nth-of-type(2)::before { content: "Boards: "; }
  .matrix .c { color: inherit; background: none; box-shadow: none; outline: 0; }
  .matrix .c::after { content: " " attr(title) ";"; font-weight: 400; }
  .matrix .w { text-decoration: underline; } .matrix .c.w::after { content: " " attr(title) ":"; } .matrix .w:empty { background: none; } .matrix .w:empty::after { content: attr(title) ":"; }
  h2 { break-after: avoid; } .legend { break-inside: avoid; break-after: avoid; } .legend b { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .legend li:nth-last-child(-n + 2) { display: none; }
  .found td:nth-child(n) { min-width: 0; }
}
`;

/** Filters and sorts the table when the reader types or clicks. Without this script, the page shows everything. */
export const SCRIPT = `
const form = document.querySelector(".controls");
const grid = document.querySelector(".grid");
const body = document.querySelector(".matrix tbody");
const rows = [...body.rows];
const places = [...document.querySelectorAll("[data-place]")];
const [person, place, role, found, shown] = ["person", "place", "role", "found", "shown"].map((id) => document.getElementById(id));
// The script keeps for each row the texts that the filters compare, and the letter of each place with access. Several
// empty cells are joined into one.
const facts = rows.map((row) => {
  const held = new Map();
  let at = -3;
  for (const cell of row.cells) {
    if (at >= 0 && cell.textContent !== "") held.set(at, cell.textContent);
    at += cell.colSpan;
  }
  return { name: row.cells[0].textContent.toLowerCase(), found: row.cells[1].textContent !== "0", held };
});
const show = () => {
  const [name, board] = [person, place].map((input) => input.value.trim().toLowerCase());
  const wanted = places.flatMap((head, at) => (head.dataset.place.toLowerCase().includes(board) ? [at] : []));
  let count = 0;
  rows.forEach((row, index) => {
    const { name: own, found: isFound, held } = facts[index];
    const fits = (letter) => letter !== undefined && (role.value === "" || letter === role.value);
    row.hidden = !own.includes(name) || (found.checked && !isFound)
      || ((board !== "" || role.value !== "") && !wanted.some((at) => fits(held.get(at))));
    if (!row.hidden) count += 1;
  });
  shown.textContent = count + " of " + rows.length + " people" + (board === "" ? "" : ", " + wanted.length + " of " + places.length + " places fit");
  return board === "" ? null : places[wanted[0]];
};
const reveal = (head) => {
  if (head) grid.scrollLeft = head.offsetLeft - document.querySelector(".matrix thead th").offsetWidth;
};
form.hidden = false;
form.addEventListener("input", () => reveal(show()));
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
    const compare = new Intl.Collator().compare;
    const sorted = rows.toSorted((a, b) => {
      const [one, other] = [a.cells[index].textContent, b.cells[index].textContent];
      return order * (text ? compare(one, other) : Number(one) - Number(other));
    });
    body.append(...sorted);
  });
});
show();
`;
