import { boardsTakenAlong, type Effect, placeText, severity } from "../domain/effect.ts";
import { clean, listNames, plural } from "../domain/text.ts";

/** How much detail the lines about the changes of a plan show. */
export interface Detail {
  /**
   * For one person, the line names at most this many boards or cards. If there are more, it only gives their number.
   */
  readonly places: number;
  /**
   * Up to this many people with the same change get a sentence each. More people share one sentence with a list below
   * it.
   */
  readonly people: number;
  /** The most characters. */
  readonly line: number;
}

/**
 * The short form, for a question to the user or an answer to an agent. It names at most three boards or cards of a
 * person.
 */
export const SHORT: Detail = { places: 3, people: 10, line: 600 };
/** The full form, for a terminal. It names every person and every board or card. */
export const FULL: Detail = {
  places: Number.POSITIVE_INFINITY,
  people: Number.POSITIVE_INFINITY,
  line: Number.POSITIVE_INFINITY,
};

const LONGEST_NAME = 60;

/**
 * What a plan changes, in lines for the person who decides; the most serious changes come first. Every person is named.
 * Changes to a person's boards or cards share one line with their number; every other change has its own line.
 */
export function effectLines(effects: readonly Effect[], detail: Detail = SHORT): readonly string[] {
  const workspaces = workspaceNames(effects);
  const parts = effects.map((effect) => partOf(effect, workspaces)).toSorted((a, b) => a.rank - b.rank);
  return groupBy(groupBy(parts, bySentence).map(clauseOf), byBlock)
    .flatMap((clauses) => (folds(clauses, detail) ? block(clauses) : clauses.map((c) => sentence(c, detail))))
    .map((line) => clean(line, detail.line));
}

/**
 * The parts of the line about an effect: the words, the person (`who`), and the workspace, board or other place
 * (`where`).
 */
interface Part {
  readonly effect: Effect;
  readonly rank: number;
  readonly who: string;
  readonly head: string;
  readonly mid: string;
  readonly where: string;
  readonly tail: string;
  /**
   * The board or card that the effect changes. If the same change is made to several boards or cards of a person, they
   * share one line. null for a change that gets its own line.
   */
  readonly places: Places | null;
}

interface Places {
  readonly noun: "boards" | "cards";
  /**
   * The words that name the workspace, such as ` of Northwind`; empty if the name is unknown. The field `in` has the
   * workspace's id, because two workspaces can have the same name.
   */
  readonly of: string;
  readonly in: string;
  readonly name: string;
}

/** A line for several effects that differ only in the board or card. */
interface Clause extends Part {
  readonly count: number;
  readonly names: readonly string[];
  readonly workspaces: number;
}

function partOf(effect: Effect, workspaces: ReadonlyMap<string, string>): Part {
  const { label, place, wording } = effect;
  const [head, mid, tail = ""] = wording;
  return {
    effect,
    rank: severity(effect),
    who: shortened(label),
    head,
    mid,
    where: placeText(place),
    tail,
    places: placesOf(effect, workspaces),
  };
}

function placesOf(
  { resource, place, target }: Effect,
  workspaces: ReadonlyMap<string, string>,
): Places | null {
  if (resource === "board_membership" && place?.kind === "board") {
    const id = target["idOrganization"] ?? "";
    const workspace = workspaces.get(id);
    return {
      noun: "boards",
      of: workspace ? ` of ${workspace}` : "",
      in: workspace ? id : "",
      name: place.name,
    };
  }
  return place?.kind === "card" ? { noun: "cards", of: "", in: "", name: place.name } : null;
}

function bySentence(part: Part): unknown {
  const { effect, who, head, mid, tail, places } = part;
  const { target } = effect;
  // The person is identified by an id, because two people can have the same name.
  const person = [target["idMember"], target["from"], target["scimId"], target["accountId"]];
  return places === null
    ? effect
    : [effect.op, person, who, head, mid, tail, places.noun, places.of, places.in, effect.reversible];
}

function clauseOf(parts: readonly Part[]): Clause {
  const [first] = parts as readonly [Part, ...Part[]];
  return {
    ...first,
    count: parts.length,
    names: parts.flatMap(({ places }) => places?.name || []),
    workspaces: new Set(parts.map(({ effect }) => effect.target["idOrganization"] ?? "")).size,
  };
}

function byBlock({ effect, head, mid, where, tail, places }: Clause): unknown {
  const { op, reversible } = effect;
  return places === null
    ? [op, head, mid, where, reversible]
    : [op, head, mid, places.noun, places.of, places.in, tail, reversible];
}

function folds(clauses: readonly Clause[], { people }: Detail): boolean {
  const named = clauses.every(({ who, effect }) => who !== "" && effect.resource !== "scim_group");
  return named && clauses.length > people;
}

/** One sentence for many people, with a line for each person below it. */
function block(clauses: readonly Clause[]): readonly string[] {
  const [{ effect, head, mid, where, tail, places }] = clauses as readonly [Clause, ...Clause[]];
  const same = clauses.every((clause) => clause.tail === tail);
  const place = places === null ? where : `${places.noun}${places.of}`;
  return [
    `- ${head}${clauses.length} people${mid}${place}${same ? tail : ""}${finality(effect)}:`,
    ...clauses.map(({ who, count, tail: own }) =>
      places === null ? `* ${who}${same ? "" : own}` : `* ${who}: ${countText(count, places)}`,
    ),
  ];
}

function sentence(clause: Clause, detail: Detail): string {
  const { effect, who, head, mid, where, tail, places, count, names, workspaces } = clause;
  const subject = `- ${head}${who}${mid}`;
  const end = `${tail}${finality(effect)}`;
  if (places === null || count === 1) {
    const boards = boardsTakenAlong(effect).map(({ name }) => name);
    return `${subject}${where}${end}${namesText(boards, boards.length, detail)}`;
  }
  const of = places.of === "" && workspaces > 1 ? ` of ${workspaces} workspaces` : places.of;
  return `${subject}${countText(count, places)}${of}${end}${namesText(names, count, detail)}`;
}

function countText(count: number, { noun }: Places): string {
  return plural(count, noun.slice(0, -1));
}

/** The first names of a list, and how many others there are. */
function namesText(names: readonly string[], count: number, { places }: Detail): string {
  if (names.length === 0) return "";
  const shown = names.map((name) => clean(name, LONGEST_NAME));
  return `: ${listNames(shown, places, { count })}`;
}

function finality({ reversible }: Effect): string {
  return reversible ? "" : " (cannot be undone)";
}

/**
 * A person's name, shortened if it is long: `Name (@username)` or `Name <email>`. The username or email is never
 * shortened.
 */
function shortened(label: string): string {
  const [, name, sign] = /^(.*) (\(@[^\s()]*\)|<[^\s<>]*>)$/u.exec(label) ?? [];
  return name === undefined || sign === undefined ? label : `${clean(name, LONGEST_NAME)} ${sign}`;
}

/** The names of workspaces by id, as far as the effects contain them. */
function workspaceNames(effects: readonly Effect[]): ReadonlyMap<string, string> {
  return new Map(
    effects.flatMap(({ place }) =>
      place?.kind === "workspace" ? [[place.id, clean(place.name, LONGEST_NAME)] as const] : [],
    ),
  );
}

/** Groups rows by a key. Groups come in the order of their first row. */
function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => unknown): readonly (readonly Row[])[] {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const wanted = keyOf(row);
    const key = Array.isArray(wanted) ? JSON.stringify(wanted) : wanted;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}
