import { emailOf } from "../domain/email.ts";

/** How the policy file can name a protected person, in words for an error message. */
export const MEMBER_FORMS =
  "can match no person: give an id, @username, an email or a profile address such as https://trello.com/u/jane";

/**
 * Reads a protected person from the policy file. Returns an id, a username or an email in lower case, as the guards
 * compare it. Also accepted: `@username`, `mailto:`, `Jane Doe <jane@example.com>` and the URL of a Trello profile.
 * null for any other text.
 */
export function protectedMember(text: string): string | null {
  const entry = text.trim();
  const [, bracketed] = /^[^<>]*<([^<>]+)>$/.exec(entry) ?? [];
  if (bracketed !== undefined) return emailOf(withoutMailto(bracketed));
  const profile = /^(?:https?:\/\/)?(?:www\.)?trello\.com\/(?:u\/)?([A-Za-z0-9_]{3,})(?:[/?#].*)?$/i.exec(
    entry,
  );
  if (profile?.[1]) return profile[1].toLowerCase();
  const [, username] = /^@([A-Za-z0-9_]+)$/.exec(entry) ?? [];
  if (username !== undefined) return username.toLowerCase();
  if (entry.includes("@")) return emailOf(withoutMailto(entry));
  // The text is a username, or an id: of Trello, of the SCIM directory or of an Atlassian account
  // (`712020:2f5e8a31-...`).
  return /^[A-Za-z0-9_]+(?:[:-][A-Za-z0-9_]+)*$/.test(entry) ? entry.toLowerCase() : null;
}

function withoutMailto(text: string): string {
  return text.trim().replace(/^mailto:([^?]*).*$/i, "$1");
}
