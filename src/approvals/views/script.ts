/**
 * The only script of the pages. The pages also work without it. It shows the remaining time, adds local times, and
 * filters lists while the reader types. It also loads a page again when the state on the page has changed. It contains
 * no text from outside, and sends only GET requests for its own page.
 */
export const SCRIPT = `
"use strict";
const day = new Date().toDateString();
const today = new Intl.DateTimeFormat([], { timeStyle: "short" });
const other = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "short" });
function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    if (time.nextElementSibling?.className === "local") continue;
    const local = document.createElement("span");
    local.className = "local";
    const at = new Date(time.dateTime);
    local.textContent = " (" + (at.toDateString() === day ? today : other).format(at) + " your time)";
    time.after(local);
  }
}
function clocks() {
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.floor((Date.parse(clock.dataset.until) - Date.now()) / 1000));
    clock.textContent = left >= 2 * 86400 ? Math.floor(left / 86400) + " days"
      : left >= 2 * 3600 ? Math.floor(left / 3600) + " hours"
      : Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
  }
}
function filterRows() {
  const field = document.querySelector("[data-filter]");
  if (!field) return;
  const rows = [...document.querySelectorAll("[data-find]")];
  const told = document.getElementById("matches");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => row.dataset.find.includes(word));
      if (!row.hidden) shown += 1;
    }
    if (told) told.textContent = shown + " of " + rows.length + " shown";
  });
}
async function look() {
  const state = document.body.dataset.state;
  let pause = 1000;
  try {
    const answer = await fetch(document.body.dataset.page, { credentials: "same-origin", cache: "no-store" });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    // The page is loaded again only if the state has changed. So a text that the reader is typing is not lost without
    // need.
    if (next.body.dataset.state !== state) {
      location.replace(document.body.dataset.page);
      return;
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = next.getElementById(part.id);
      if (fresh && fresh.textContent !== part.textContent) {
        localTimes(fresh);
        part.replaceChildren(...fresh.childNodes);
      }
    }
  } catch {
    // The server may have ended. Then the page stays as it is.
    pause = 10000;
  }
  setTimeout(look, pause);
}
localTimes(document);
clocks();
setInterval(clocks, 1000);
filterRows();
if (document.body.dataset.state !== "still") setTimeout(look, 1000);
`;
