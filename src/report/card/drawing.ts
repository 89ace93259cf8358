/**
 * Draws on the card what `viewOf` returns. Every text is set as text, never as HTML, and has its own direction of
 * writing. If nothing has changed, the card is not drawn again, so that its reader can go on reading at the same line.
 */
export const DRAWING = `
const byId = (id) => document.getElementById(id);
const SHOWN = 8;
let drawn = "";

function element(name, ...inner) {
  const made = document.createElement(name);
  made.append(...inner);
  return made;
}

function bdi(text) {
  const made = document.createElement("bdi");
  made.textContent = text;
  return made;
}

const clock = new Intl.DateTimeFormat([], { timeStyle: "short" });

function draw(view) {
  const { tone, state, url, until, follow, button, ...rest } = view;
  const end = until === "" ? NaN : Date.parse(until);
  const isOver = Date.now() >= end;
  const lead = isOver
    ? "No one decided in time. Nothing was changed."
    : Number.isNaN(end) ? view.lead : view.lead + " Valid until " + clock.format(end) + ".";
  setText(byId("state"), isOver ? "Expired" : state);
  byId("state").className = "state " + (isOver ? "plain" : tone);
  byId("act").hidden = url === "" || isOver;
  setText(byId("open"), button);
  const text = JSON.stringify([rest, lead]);
  if (text === drawn) return;
  drawn = text;
  const open = new Set([...document.querySelectorAll("details[open]")].map((each) => each.dataset.list));
  byId("card").replaceChildren(...parts({ ...rest, lead }, open));
}

/* A status that is set again is read out again, so it is set only if it changed. */
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function parts({ title, lead, progress, facts, lists }, open) {
  const lines = [element("h1", bdi(title))];
  if (lead) lines.push(classed("lead", element("p", bdi(lead))));
  if (progress && progress.total > 0) lines.push(...progressParts(progress));
  if (facts.length > 0) {
    const rows = facts.map(([name, text]) => element("div", element("dt", name), element("dd", bdi(text))));
    lines.push(element("dl", ...rows));
  }
  for (const [tone, name, found] of lists) lines.push(listPart(tone, name, found, open));
  return lines;
}

function progressParts({ done, failed, total }) {
  const bar = document.createElement("progress");
  bar.max = total;
  bar.value = done;
  bar.setAttribute("aria-label", "Changes that are done");
  const told = done + " of " + total + " done" + (failed > 0 ? ", " + failed + " failed" : "");
  return [bar, classed("note", element("p", told))];
}

function listPart(tone, name, found, open) {
  const first = element("section", element("h2", name + " (" + found.length + ")"), rows(found.slice(0, SHOWN)));
  first.className = tone;
  if (found.length > SHOWN) {
    const rest = element("details", element("summary", found.length - SHOWN + " more"), rows(found.slice(SHOWN)));
    rest.dataset.list = name;
    rest.open = open.has(name);
    first.append(rest);
  }
  return first;
}

function rows(found) {
  return element("ul", ...found.map((line) => element("li", bdi(line))));
}

function classed(name, made) {
  made.className = name;
  return made;
}
`;
