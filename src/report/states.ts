import type { EvidenceRecord, RecordedEffect } from "./record.ts";

type State = RecordedEffect["before"];

/**
 * One part of the state before or after a change, in words. `ids`: the ids of the people, boards or cards that the text
 * names. A report shows the ids after the text.
 */
export interface StateItem {
  readonly text: string;
  readonly ids: readonly string[];
  /** The URL of the Trello card that the text names. */
  readonly link?: string;
}

/** The words for roles. Trello's role `normal` is shown as "Member". */
const ROLES: Readonly<Record<string, string>> = { admin: "Admin", normal: "Member", observer: "Observer" };

/** Fields with yes or no: first the words for true, then the words for false. */
const FLAGS: Readonly<Record<string, readonly [string, string]>> = {
  active: ["active", "not active"],
  deactivated: ["deactivated", "active"],
  enabled: ["enabled", "disabled"],
  suspended: ["suspended", "not suspended"],
  licensed: ["with a licence", "without a licence"],
  assigned: ["on the card", "not on the card"],
  final: ["cannot be undone", "can be undone"],
  billable: ["takes a paid seat", "takes no paid seat"],
};

/** Fields that contain a list of people: the words before each name, and the words for an empty list. */
const PEOPLE: Readonly<Record<string, readonly [string, string]>> = {
  idMembers: ["On the card", "No one is on the card"],
  members: ["In the group", "No one is in the group"],
  sameName: ["Had this name already", ""],
  hiddenAdmins: ["Admin with a hidden email", ""],
};

/** The words for a role or for a field with yes or no; null for every other field. */
function fieldWord(key: string, value: unknown): string | null {
  if (key === "memberType" && typeof value === "string") return ROLES[value] ?? value;
  const words = FLAGS[key];
  if (words === undefined || typeof value !== "boolean") return null;
  return value ? words[0] : words[1];
}

/** A state in words: roles, and people and cards by name. `names`: the names by id. */
export function stateItems(state: State, names: EvidenceRecord["names"]): readonly StateItem[] {
  if (state === null) return [plain("none")];
  if (typeof state !== "object") return [plain(String(state))];
  if (Array.isArray(state))
    return state.length === 0 ? [plain("none")] : state.map((each) => plain(inline(each)));
  const items = Object.entries(state).flatMap(([key, value]) => fieldItems(key, value, names));
  return items.length === 0 ? [plain("none")] : items;
}

function fieldItems(key: string, value: State, names: EvidenceRecord["names"]): readonly StateItem[] {
  const word = fieldWord(key, value);
  if (word !== null) return [plain(word)];
  // `heir` (the new assignee) is left out, because this person is also in the list of the card's people.
  if (key === "heir") return [];
  const people = PEOPLE[key];
  if (people && Array.isArray(value)) {
    const [title, empty] = people;
    if (value.length === 0) return empty === "" ? [] : [plain(empty)];
    return textsIn(value).map((id) => namedItem(`${title}: `, id, names));
  }
  if (key === "cards" && Array.isArray(value)) return textsIn(value).map((id) => cardItem(id, names));
  if (key === "boards" && Array.isArray(value)) return value.flatMap((board) => boardItems(board, names));
  return [plain(`${titleOf(key)}: ${inline(value)}`)];
}

function boardItems(board: State, names: EvidenceRecord["names"]): readonly StateItem[] {
  if (board === null || typeof board !== "object" || Array.isArray(board)) return [plain(inline(board))];
  const { idBoard, name, memberType, cards, ...rest } = board;
  const role = fieldWord("memberType", memberType);
  const more = Object.entries(rest).map(
    ([key, value]) => fieldWord(key, value) ?? `${titleOf(key)}: ${inline(value)}`,
  );
  const words = [...(role === null ? [] : [role]), ...more].join(", ");
  const title = typeof name === "string" && name !== "" ? `Board ${name}` : "Board whose title was not read";
  return [
    {
      text: `${title}${words === "" ? "" : `: ${words}`}`,
      ids: typeof idBoard === "string" ? [idBoard] : [],
    },
    ...(Array.isArray(cards) ? textsIn(cards).map((id) => cardItem(id, names)) : []),
  ];
}

function namedItem(before: string, id: string, names: EvidenceRecord["names"]): StateItem {
  return { text: `${before}${nameOf(id, names) ?? "a person whose name was not read"}`, ids: [id] };
}

/** A card, shown by its title with a link to the card. */
export function cardItem(id: string, names: EvidenceRecord["names"]): StateItem {
  const link = cardAddress(id);
  const title = nameOf(id, names);
  return {
    text: title === null ? "Card whose title was not read" : `Card ${title}`,
    ids: [id],
    ...(link !== null && { link }),
  };
}

/**
 * The name that is stored for an id; null if there is none. The id is from stored data, so it could be the name of a
 * built-in property, such as `constructor`. Such a property does not count.
 */
function nameOf(id: string, names: EvidenceRecord["names"]): string | null {
  return Object.hasOwn(names, id) ? (names[id] ?? null) : null;
}

/** The URL of a card. The id is from stored data, so a URL is made only if the id has the form of a Trello id. */
function cardAddress(id: string): string | null {
  return /^[0-9a-f]{24}$/.test(id) ? `https://trello.com/c/${id}` : null;
}

function textsIn(list: readonly State[]): readonly string[] {
  return list.filter((each): each is string => typeof each === "string");
}

function plain(text: string): StateItem {
  return { text, ids: [] };
}

/** The name of a field in words, such as `Display name` for `displayName` and `Full name` for `prefs/fullName`. */
function titleOf(key: string): string {
  const words = key.replace("prefs/", "").replace(/([a-z])([A-Z])/g, (_both, end: string, start: string) => {
    return `${end} ${start.toLowerCase()}`;
  });
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function inline(value: State): string {
  if (value === null || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(inline).join(", ");
  return Object.entries(value)
    .map(([key, member]) => `${titleOf(key)}: ${inline(member)}`)
    .join(", ");
}
