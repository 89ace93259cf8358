import { emailOf } from "./email.ts";
import { clean, isTrelloId } from "./text.ts";

/** A person as an administrator wrote the person: by email, username or Trello id. */
export type WrittenPerson =
  | { readonly kind: "email"; readonly value: string; readonly fullName?: string }
  | { readonly kind: "username"; readonly value: string; readonly fullName?: string }
  | { readonly kind: "id"; readonly value: string; readonly fullName?: string };

/**
 * Reads a text that can mean only one person. The text is an email (also `mailto:`, `Name <email>`, `Name (email)` or a
 * Markdown link), a username (`@username`, `Name (@username)` or a profile URL), or a Trello id. null for any other
 * text: a name, a single word, two people, a sentence that contains an email, or a name and an email that contradict
 * each other.
 */
export function writtenPerson(text: string): WrittenPerson | null {
  const tidy = tidied(text);
  return bracketed(tidy) ?? unwrapped(tidy);
}

/** A name that was written, without the quotes around it; empty if there is no name. */
export function writtenName(text: string): string {
  return clean(tidied(text).replaceAll(/["“”„«»]/g, "")).replace(/^['‘’](.*)['‘’]$/u, "$1");
}

/** Removes invisible characters and unusual spaces, which come from web pages and spreadsheets. */
export function tidied(text: string): string {
  return text
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/\s/gu, " ")
    .trim();
}

const MARKDOWN = /^\[([^[\]]*)\]\(([^()]*)\)[.,;]?$/;
const BRACKETED = /^([^<>]*)<([^<>]*)>[.,;]?$/;
const IN_PARENTHESES = /^([^()[\]<>]*)[([]([^()[\]<>]*@[^()[\]<>]*)[)\]][.,;]?$/;

function bracketed(text: string): WrittenPerson | null {
  const found = MARKDOWN.exec(text) ?? BRACKETED.exec(text) ?? IN_PARENTHESES.exec(text);
  if (!found) return null;
  const [, before = "", inside = ""] = found;
  const person = unwrapped(slackTarget(inside));
  if (!person) return null;
  const name = writtenName(before);
  if (name === "") return person;
  // In `Name <email>`, an address may stand in place of the name. Then both addresses must be the same. Otherwise the
  // text means two people, or a link shows one address and hides another.
  if (name.includes("@")) return sameAs(unwrapped(name), person) ? person : null;
  return { ...person, fullName: name };
}

/** Slack copies an email as `<mailto:a@x.org|a@x.org>`. */
function slackTarget(inside: string): string {
  const [target = "", shown, ...more] = inside.split("|");
  return shown === undefined || (more.length === 0 && sameAs(unwrapped(shown), unwrapped(target)))
    ? target
    : inside;
}

function sameAs(one: WrittenPerson | null, other: WrittenPerson | null): boolean {
  return one !== null && one.kind === other?.kind && one.value === other.value;
}

const PROFILE =
  /^(?:https?:\/\/)?(?:www\.)?trello\.com\/(?:u\/)?(\w{3,100})(?:\/(?:activity|cards)?)?(?:[?#]\S*)?$/i;
// Addresses such as `trello.com/pricing` look like a profile's address, but are other pages of Trello. So these names
// are not read as usernames.
const PAGES = new Set(["home", "login", "signup", "templates", "search", "enterprise", "pricing"]);

function unwrapped(text: string): WrittenPerson | null {
  const bare = stripped(text);
  const email = emailOf(bare.replace(/^mailto:/i, "").replace(/(@[^?]*)\?.*$/, "$1"));
  if (email && MARKED.test(email)) return null;
  if (email) return { kind: "email", value: email };
  if (isTrelloId(bare)) return { kind: "id", value: bare.toLowerCase() };
  const username = /^@(\w{2,100})$/.exec(bare)?.[1] ?? profileOf(bare);
  return username === null ? null : { kind: "username", value: username.toLowerCase() };
}

// A mark directly before an email, as in "-jane@x.org", "!jane@x.org" or "*jane@x.org". It may be a bullet, a
// strikethrough or "not", so the text is not read as a person.
const MARKED = /^[-!*+#~/|=^%&?]/;

function profileOf(text: string): string | null {
  const name = PROFILE.exec(text)?.[1];
  return name === undefined || PAGES.has(name.toLowerCase()) ? null : name;
}

/** Removes quotes and brackets around the text, and punctuation at its end. */
function stripped(text: string): string {
  return text
    .trim()
    .replace(/[\s.,;:!]+$/u, "")
    .replace(/^["'“”‘’«»<([]+|["'“”‘’«»>)\]]+$/gu, "")
    .replace(/[\s.,;!]+$/u, "")
    .trim();
}
