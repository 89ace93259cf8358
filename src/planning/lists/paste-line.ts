import { plainEmailFor } from "../../domain/email.ts";
import { clean } from "../../domain/text.ts";
import { tidied, writtenName, writtenPerson } from "../../domain/written-person.ts";
import { isHeading } from "./header.ts";
import { inOrder, isNameShaped, namesOfLine } from "./names.ts";
import type { ListedPerson, ListProblem } from "./roster.ts";

/** One line of a paste. */
export interface PasteLine {
  readonly line: number;
  readonly text: string;
  readonly people: readonly ListedPerson[];
  readonly problems: readonly ListProblem[];
  /** The number of entries in the line, of any kind. */
  readonly parts: number;
  /**
   * Whether everything in the line is a person or a name. If not, the line is not used, because it may be a sentence
   * about these people.
   */
  readonly understood: boolean;
}

/**
 * Reads one pasted line with emails. They may be separated by commas, semicolons or spaces, stand in brackets after a
 * name, be quoted or links, or form a bulleted list. Never throws. A line without emails gives only names, which do not
 * prove who is meant.
 */
export function readPasteLine(text: string, line: number): PasteLine {
  const people: ListedPerson[] = [];
  const problems: ListProblem[] = [];
  const words: string[] = [];
  let understood = (text.match(/"/g) ?? []).length % 2 === 0;
  const wrong = (piece: string): void => {
    problems.push({ line, text: clean(open(piece), 80), why: whyNotEmail(piece) });
  };
  const take = (piece: string): void => {
    const tokens = piece.split(/\s+/).filter(Boolean);
    const found = tokens.map((token) => writtenPerson(token));
    const isAddress = tokens.map((token, index) => found[index] !== null || token.includes("@"));
    // In `manager=boss@example.com`, the word before `=` shows that the email belongs to another person. So the line
    // counts as not understood.
    if (tokens.some((token) => /^[\p{L}_-]+=[^=]*@/u.test(token))) understood = false;
    if (isAddress.every(Boolean) || (tokens.length === 1 && /^[^/:]*[.\\][^/:]+$/.test(piece))) {
      for (const [index, token] of tokens.entries()) {
        const person = found[index];
        if (person) people.push({ line, teams: [], ...person });
        else wrong(token);
      }
    } else if (isAddress.some(Boolean)) understood = false;
    else words.push(writtenName(open(piece)));
  };
  // Whether the last thing in the line was a name with brackets. A second pair of brackets after the same name may
  // belong to another person.
  let isAfterNamed = false;
  for (const { name, bracket, isDirect } of groups(closed(withoutBullet(text)))) {
    if (bracket === null) {
      if (name.trim() !== "") isAfterNamed = false;
      for (const piece of name.split(SEPARATORS)) if (/[^\s"'.]/.test(piece)) take(piece);
      continue;
    }
    if (isAfterNamed && isDirect) understood = false;
    isAfterNamed = /\p{L}/u.test(name);
    const person = writtenPerson(open(`${name} ${bracket}`));
    if (person && (person.fullName === undefined || isNameShaped(person.fullName, true)))
      people.push({ line, teams: [], ...person });
    else if (person === null && !name.includes("@") && isNameShaped(open(name) || "x", true))
      wrong(`${name} ${bracket}`);
    else understood = false;
  }
  const names = namesOfLine(words.filter(Boolean), text);
  const addresses = people.length + problems.length;
  const isNames = names.every((name) => isNameShaped(name) && !isHeading(name));
  if (names.length > 0 && (addresses > 0 || !isNames)) understood = false;
  for (const name of names) people.push({ line, kind: "name", value: inOrder(name), teams: [] });
  return { line, text, people, problems, parts: addresses + words.length, understood };
}

/** Why a text is not an email, and what to write instead if that is clear. */
export function whyNotEmail(text: string): string {
  const instead = plainEmailFor(open(text));
  return instead === null
    ? "not an email address"
    : `not an email address as it is written; write ${instead}`;
}

// Japanese keyboards write full-width separators.
const SEPARATORS = /[,;|，；、]/;

/**
 * Before a line is split, replaces commas and semicolons in quoted names by special characters, so that the names are
 * not split. `open` puts them back. A tab becomes a semicolon, because both separate entries.
 */
function closed(text: string): string {
  return tidied(text.replaceAll("\t", ";")).replaceAll(/"[^"]*"/g, (quoted) =>
    quoted.replaceAll(",", "\uE000").replaceAll(";", "\uE001"),
  );
}

function open(text: string): string {
  return text.replaceAll("\uE000", ",").replaceAll("\uE001", ";").trim();
}

function withoutBullet(text: string): string {
  return text
    .replace(/^[\s>]*(?:(?:[-*+–—•·▪◦‣]|\(?\d{1,3}[.)])\s+|[•·▪◦‣])?/, "")
    .replace(/^\[[ xX]?\]\s+/, "");
}

const BRACKET = /\[[^[\]]*\]\([^()]*\)|<[^<>]*>|\([^()]*@[^()]*\)|\[[^[\]]*@[^[\]]*\]/g;

interface Group {
  readonly name: string;
  readonly bracket: string | null;
  /** Whether only spaces stand between the name and the bracket. */
  readonly isDirect?: boolean;
}

/** Splits a line into brackets, each with the name before it, and the other text. One bracket means one person. */
function groups(text: string): readonly Group[] {
  const found: Group[] = [];
  let start = 0;
  for (const match of text.matchAll(BRACKET)) {
    const before = text.slice(start, match.index);
    const name = match[0].includes("](") ? "" : nameBefore(before);
    found.push({ name: before.slice(0, before.length - name.length), bracket: null });
    found.push({ name: name.replace(/^[\s,]+/, ""), bracket: match[0], isDirect: before.trim() === "" });
    start = match.index + match[0].length;
  }
  found.push({ name: text.slice(start), bracket: null });
  return found;
}

/**
 * The last part of a text, which is the name that belongs to the next bracket. It begins after the last separator and
 * after the last email.
 */
function nameBefore(before: string): string {
  const chunk = before.slice(Math.max(...[";", "|", "；", "、"].map((mark) => before.lastIndexOf(mark))) + 1);
  const emails = [...chunk.matchAll(/[^\s,]+/g)].filter(([token]) => writtenPerson(token) !== null);
  const last = emails.at(-1);
  if (!last) return chunk;
  const after = chunk.slice(last.index + last[0].length);
  // An email directly before the bracket is used as the name: `a@x.org <a@x.org>`.
  return /\S/.test(after) ? after : chunk.slice(last.index);
}
