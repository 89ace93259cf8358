import { boardsTakenAlong, type Effect } from "../../domain/effect.ts";
import { plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import {
  changeCounts,
  finalCount,
  otherEffects,
  type ChangesOfPerson,
  changesByPerson,
} from "../../report/changes-by-person.ts";
import { stateItems } from "../../report/states.ts";
import type { Plan } from "../../domain/plan.ts";
import { bdi, tag } from "./frame.ts";

/** The filter that the reader chose for a long list of people. */
export interface PeopleFilter {
  readonly find: string;
  readonly show: "all" | "flagged";
}

const NOTHING: PeopleFilter = { find: "", show: "all" };

export function readFilter(query: Readonly<Record<string, unknown>>): PeopleFilter {
  const { find, show } = query;
  return {
    find: typeof find === "string" ? find.slice(0, 200) : "",
    show: show === "flagged" ? "flagged" : "all",
  };
}

/** The lines about one person below the page's title: username, email and ids. */
export function personLine({ username, email, proof, ids }: ChangesOfPerson): Markup {
  return html`<p class="lead">${username === null ? "" : html`<bdi>@${username}</bdi>`}${
    email === null ? "" : html`<bdi>${email}</bdi>`
  }${proof === null ? "" : tag(proof.proven ? "good" : "warn", proof.proven ? "good" : "warn", proof.text)}</p>
<p class="id ids">${ids.map(({ system, id }, index) => html`${index === 0 ? "" : " · "}${system} ${id}`)}</p>`;
}

/**
 * Shows everything that a plan changes. If the plan is about one person, the changes are grouped by what they change;
 * otherwise they are grouped by person. Nothing is left out.
 */
export function changes(plan: Plan, filter: PeopleFilter = NOTHING): Markup {
  const people = changesByPerson(plan);
  const others = otherEffects(plan);
  const [only] = people;
  const rest = others.length === 0 ? "" : group("Groups", others, []);
  if (people.length === 1 && only) {
    return html`<section aria-labelledby="goes"><h2 id="goes">What changes</h2>
${byPlace(only.effects)}${rest}</section>`;
  }
  if (people.length === 0) {
    return html`<section aria-labelledby="goes"><h2 id="goes">What changes</h2>${rest}</section>`;
  }
  const words = filter.find.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = people.filter(
    (person) =>
      (filter.show === "all" || isFlagged(person)) && words.every((word) => findText(person).includes(word)),
  );
  return html`<section aria-labelledby="goes"><h2 id="goes">People <span class="count">${people.length}</span></h2>
${filters(filter, people)}
<p class="hint" id="matches" role="status">${shown.length} of ${people.length} shown</p>
${shown.map(personGroup)}
${rest}</section>`;
}

function filters({ find, show }: PeopleFilter, people: readonly ChangesOfPerson[]): Markup {
  const flagged = people.filter(isFlagged).length;
  const option = (value: PeopleFilter["show"], text: string) =>
    value === show
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  return html`<form class="filters" method="get" action="#goes">
<div><label for="find">Name, username, email or board</label><input type="search" id="find" name="find" value="${find}" data-filter autocomplete="off" spellcheck="false"></div>
<div><label for="show">Show</label><select id="show" name="show">${option("all", `All ${people.length}`)}${option("flagged", `Flagged ${flagged}`)}</select></div>
<button type="submit">Apply</button></form>`;
}

function personGroup(person: ChangesOfPerson): Markup {
  const { name, username, email, proof, effects, warnings } = person;
  const under = [username === null ? "" : `@${username}`, email ?? ""].filter(Boolean).join(" · ");
  const finals = finalCount(person);
  return html`<details class="group" data-find="${findText(person)}"><summary><span class="title">${bdi(name)}</span>
<span class="flags">${finals === 0 ? "" : tag("stop", "stop", `${finals} final`)}${
    warnings.length === 0 ? "" : tag("warn", "warn", plural(warnings.length, "warning"))
  }${proof?.proven === false ? tag("warn", "unverified", proof.text) : ""}</span>
<span class="sub"><bdi>${under}</bdi>${under === "" ? "" : " · "}${changeCounts(effects).join(", ")}</span></summary>
<div class="in">${warnings.length === 0 ? "" : html`<ul>${warnings.map((line) => html`<li>${bdi(line)}</li>`)}</ul>`}
${table(`Changes of ${name}`, effects)}</div></details>
`;
}

const ORDER: readonly (readonly [title: string, resources: readonly Effect["resource"][]])[] = [
  ["Account", ["atlassian_account", "scim_user"]],
  ["Further applications", ["application_user"]],
  ["Trello Enterprise", ["enterprise_membership"]],
  ["Workspaces", ["workspace_membership"]],
  ["Groups", ["scim_group_membership", "scim_group"]],
  ["Boards", ["board_membership"]],
  ["Cards", ["card"]],
  ["Profile", ["profile"]],
  ["Webhooks", ["webhook"]],
];

/** The effects on one person, grouped by what they change. The group with the widest access comes first. */
function byPlace(effects: readonly Effect[]): Markup {
  return html`${ORDER.map(([title, resources]) => {
    const own = effects.filter(({ resource }) => resources.includes(resource));
    return own.length === 0 ? "" : group(title, own, own.length <= 8 ? ["open"] : []);
  })}`;
}

const NAMED = 3;

function group(title: string, effects: readonly Effect[], open: readonly "open"[]): Markup {
  const finals = effects.filter(({ reversible }) => !reversible).length;
  const names = effects.flatMap(({ place }) => (place?.name ? [place.name] : []));
  const more = names.length - NAMED;
  const some = `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const inner = html`<summary><span class="title">${title}</span><span class="flags">${
    finals === 0 ? "" : tag("stop", "stop", `${finals} final`)
  }${tag("plain", null, plural(effects.length, "change"))}</span>${
    some === "" ? "" : html`<span class="sub"><bdi>${some}</bdi></span>`
  }</summary><div class="in">${table(title, effects)}</div>`;
  return open.length > 0
    ? html`<details class="group" open>${inner}</details>`
    : html`<details class="group">${inner}</details>`;
}

function table(caption: string, effects: readonly Effect[]): Markup {
  return html`<div class="scroll"><table class="stack"><caption>${bdi(caption)}: each change, with the state before and after</caption>
<thead><tr><th scope="col">Change</th><th scope="col">Now</th><th scope="col">Afterwards</th></tr></thead>
<tbody>${effects.map(row)}</tbody></table></div>`;
}

function row(effect: Effect): Markup {
  const { description, id, before, after, reversible } = effect;
  const boards = boardsTakenAlong(effect);
  return html`<tr><th scope="row">${bdi(description)}${
    boards.length === 0
      ? ""
      : html`<details><summary class="small">${plural(boards.length, "board")}</summary><ul class="small">${boards.map(({ name }) => html`<li>${bdi(name)}</li>`)}</ul></details>`
  } <span class="id">${id}</span></th><td data-label="Now:">${stateText(before)}</td><td data-label="Afterwards:">${
    reversible ? "" : tag("stop", "stop", "Final")
  } ${stateText(after)}</td></tr>
`;
}

/**
 * A state before or after the change, in a few words. The name of the board or workspace is not repeated, because it is
 * in the same row.
 */
function stateText(state: Effect["before"]): Markup {
  if (state === null) return html`<span class="muted">none</span>`;
  if (typeof state !== "object" || Array.isArray(state)) return bdi(stateWords(state));
  const {
    boards: _along,
    heir: _assignee,
    cards,
    idMembers,
    ...rest
  } = state as {
    readonly [key: string]: Effect["before"];
  };
  const words = [
    ...Object.entries(rest).flatMap(([key, value]) =>
      value === null || value === "" ? [] : [stateWords({ [key]: value })],
    ),
    Array.isArray(cards) ? `on ${plural(cards.length, "card")}` : "",
    Array.isArray(idMembers)
      ? idMembers.length === 0
        ? "on no one"
        : `on ${plural(idMembers.length, "person", "people")}`
      : "",
  ].filter((word) => word !== "");
  return bdi(words.join(", "));
}

function stateWords(state: Effect["before"]): string {
  return stateItems(state as Parameters<typeof stateItems>[0], {})
    .map(({ text }) => text)
    .join(", ");
}

function isFlagged(person: ChangesOfPerson): boolean {
  return finalCount(person) > 0 || person.warnings.length > 0 || person.proof?.proven === false;
}

function findText({ name, username, email, effects }: ChangesOfPerson): string {
  const places = effects.flatMap((effect) => [
    effect.place?.name ?? "",
    ...boardsTakenAlong(effect).map((board) => board.name),
  ]);
  return [name, username === null ? "" : `@${username}`, email ?? "", ...new Set(places)]
    .join(" ")
    .toLowerCase();
}
