import { stableId } from "../../atlassian/seed.ts";
import { seedId } from "../../trello/seed/people.ts";
import type { TrelloMember } from "../../world.ts";
import { DAY_MS, deal, inThirds, rank, take } from "./dice.ts";
import { formerName, longName, NOT_ASCII, ONE_WORD, ordinaryName } from "./names.ts";

/** The email domains of the company's people. Some are verified at Atlassian, the others are not. */
export const DOMAINS = {
  company: "kestrel.example",
  labs: "kestrel-labs.example",
  agency: "studio.example.org",
  mail: "mail.example.net",
} as const;

/** How many people of each kind there are. `test/sandbox/messy` counts them. */
export const SIZES = {
  /**
   * How many people are in Trello: with the ghosts (members without an account), but without the strangers on the
   * public board.
   */
  trello: 260,
  accounts: 340,
  workspaceGhosts: 11,
  boardGhosts: 12,
  oneWord: 57,
  sameName: 20,
  notAscii: 15,
  guests: 39,
  twice: 13,
  otherEmails: 13,
  accountOff: 13,
  trelloOff: 13,
  bots: 4,
} as const;

export interface MessyPerson {
  readonly n: number;
  readonly id: string;
  fullName: string;
  username: string;
  initials: string;
  email: string;
  /** null for ghosts. */
  readonly aaId: string | null;
  readonly ghost: boolean;
  bot?: boolean;
  guest?: boolean;
  /** True if the person is in Trello, but the person's Atlassian account is inactive. */
  accountOff?: boolean;
  /** True if the person is deactivated in every workspace, but the person's Atlassian account is active. */
  trelloOff?: boolean;
  /** Set if this is a person's second account: the number `n` of the person's first account. */
  sameAs?: number;
  otherEmails?: readonly string[];
}

/** An Atlassian account id, in one of the three formats in use. */
export function accountId(...words: readonly string[]): string {
  const uuid = stableId("messy", ...words);
  return inThirds("generation", rank(uuid), [
    uuid.replaceAll("-", "").slice(0, 24),
    `557058:${uuid}`,
    `712020:${uuid}`,
  ]);
}

/** The ASCII letters and digits of a name. The result may be empty. */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}

/**
 * All people in the Trello of the company `messy`: 237 with accounts, then the ghosts. The first is the owner of the
 * Trello token, the second is the person whom tests offboard.
 */
export function createPeople(): MessyPerson[] {
  const ghosts = SIZES.workspaceGhosts + SIZES.boardGhosts;
  const people = Array.from({ length: SIZES.trello }, (_, n): MessyPerson => {
    const ghost = n >= SIZES.trello - ghosts;
    const fullName = ordinaryName(n);
    return {
      n,
      id: seedId("member", n + 1),
      fullName,
      username: "",
      initials: "",
      email: `${fullName.toLowerCase().replace(" ", ".")}@${n % 9 === 4 ? DOMAINS.labs : DOMAINS.company}`,
      aaId: ghost ? null : accountId("account", String(n)),
      ghost,
    };
  });
  const known = people.filter((person) => !person.ghost);
  markThem(known.slice(2));
  nameThem(known.slice(2).filter((person) => !person.bot));
  signThem(people);
  for (const ghost of people.filter((person) => person.ghost)) {
    // Trello makes a ghost's name from the invited email. Often it is only "user".
    if (ghost.n % 2 === 0) ghost.fullName = "user";
    ghost.initials = "U?";
  }
  return people;
}

/** Gives some people unusual names. No person has two unusual features. */
function nameThem(people: readonly MessyPerson[]): void {
  const pool = [...people];
  for (const [n, person] of take("one word", pool, SIZES.oneWord).entries()) {
    person.fullName = ONE_WORD[n] ?? person.fullName;
  }
  for (const [n, person] of take("not ascii", pool, SIZES.notAscii).entries()) {
    person.fullName = NOT_ASCII[n] ?? person.fullName;
  }
  for (const person of take("100", pool, 3)) person.fullName = longName(person.n, 100);
  for (const person of take("255", pool, 3)) person.fullName = longName(person.n, 255);
  for (const person of take("name is email", pool, 3)) person.fullName = person.email;
  const same = take("same name", pool, SIZES.sameName);
  const former = take("former name", pool, 2 * (SIZES.twice - 7));
  // Ten pairs of accounts with the same name. In seven pairs, both accounts belong to one person. In three pairs, they
  // belong to two people.
  for (let n = 0; n < same.length; n += 2) pair(same[n], same[n + 1], n < 14 ? "one" : "two");
  for (let n = 0; n < former.length; n += 2) pair(former[n], former[n + 1], "former");
}

function pair(
  first: MessyPerson | undefined,
  second: MessyPerson | undefined,
  who: "one" | "two" | "former",
): void {
  if (!first || !second) return;
  second.fullName = who === "former" ? formerName(first.n) : first.fullName;
  if (who === "two") return;
  second.sameAs = first.n;
  second.email = `${plain(first.fullName)}${first.n}@${DOMAINS.mail}`;
}

function markThem(people: readonly MessyPerson[]): void {
  const pool = [...people];
  for (const person of take("bots", pool, SIZES.bots)) {
    person.bot = true;
    person.fullName = `Automation ${person.n}`;
  }
  for (const person of take("guests", pool, SIZES.guests)) {
    person.guest = true;
    person.email = person.email.replace(/@.*/, `@${person.n % 3 === 0 ? DOMAINS.mail : DOMAINS.agency}`);
  }
  for (const person of take("account off", pool, SIZES.accountOff)) person.accountOff = true;
  for (const person of take("trello off", pool, SIZES.trelloOff)) person.trelloOff = true;
  for (const person of deal("other emails", pool, SIZES.otherEmails)) {
    person.otherEmails = [`${plain(person.fullName) || "me"}${person.n}@${DOMAINS.mail}`];
  }
}

/**
 * Gives people usernames and initials. 39 percent of the usernames are the name without spaces, and 18 percent end with
 * a digit.
 */
function signThem(people: readonly MessyPerson[]): void {
  const taken = new Set<string>();
  const fits = (person: MessyPerson) =>
    /^[a-z]+$/.test(plain(person.fullName)) && person.fullName.length < 40;
  const tidy = new Set(
    deal(
      "tidy username",
      people.filter((person) => fits(person) && !person.ghost && person.n > 1),
      100,
    ),
  );
  const numbered = new Set(
    deal(
      "numbered",
      people.filter((person) => !tidy.has(person)),
      47,
    ),
  );
  for (const person of people) {
    const [first = "", last = ""] = person.fullName.split(" ").map(plain);
    const short = `${first.charAt(0)}${last || first}`.slice(0, 20) || "member";
    const wanted = tidy.has(person)
      ? plain(person.fullName)
      : numbered.has(person)
        ? `${short}${person.n}`
        : short;
    person.username = unique(wanted, plain(person.fullName), tidy.has(person), taken);
    person.initials = initialsOf(person.fullName);
  }
  for (const [n, person] of deal("initials", people, 8).entries()) person.initials = `Q${n}`;
}

function unique(wanted: string, name: string, isTidy: boolean, taken: Set<string>): string {
  let username = wanted;
  const avoided = isTidy ? null : name;
  // If a username is already in use, the letter x is added and not a digit, because only some chosen usernames may end
  // with a digit.
  while (taken.has(username) || username.length < 3 || username === avoided) username += "x";
  taken.add(username);
  return username;
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63))
    .join("")
    .toUpperCase();
}

/** The people as Trello's members. */
export function messyMembers(people: readonly MessyPerson[], at: number): TrelloMember[] {
  const known = people.slice(0, SIZES.trello);
  const renamed = new Set(deal("non public name", known, 10));
  const withNonPublic = new Set([...renamed, ...deal("non public", known, 85)]);
  const quiet = new Set(deal("quiet in trello", known, 68));
  return people.map((person) => ({
    id: person.id,
    username: person.username,
    fullName: person.fullName,
    initials: person.initials,
    bio: "",
    email: person.email,
    memberType: person.ghost ? "ghost" : "normal",
    confirmed: !person.ghost,
    aaId: person.aaId,
    aaIdShown: inThirds("aaId", person.n, ["id", "null", "absent"]),
    nonPublicAvailable: withNonPublic.has(person),
    ...(renamed.has(person) && { nonPublic: { fullName: ordinaryName(person.n + 500) } }),
    ...(person.otherEmails && { otherEmails: person.otherEmails }),
    dateLastActive: person.ghost ? null : lastActive(person.n, quiet.has(person), at),
  }));
}

function lastActive(n: number, isQuiet: boolean, at: number): string | null {
  if (isQuiet && n % 4 === 0) return null;
  const days = isQuiet ? 91 + (rank("quiet days", n) % 500) : 1 + (rank("days", n) % 85);
  return new Date(at - days * DAY_MS).toISOString();
}
