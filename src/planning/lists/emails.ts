import { emailOf } from "../../domain/email.ts";
import { clean } from "../../domain/text.ts";
import { type Invitee, type Roster, type RosterProblem, withoutDoubles } from "./roster.ts";

/**
 * Reads emails as people paste them: separated by commas, semicolons, white space or line ends, bare, in angle
 * brackets after a name, quoted, or as `mailto:` links. Never throws; what is no email is named with its line.
 */
export function readEmails(input: string | readonly string[]): Roster {
  const lines = typeof input === "string" ? input.split(/\r\n|\r|\n/) : input;
  const invitees: Invitee[] = [];
  const problems: RosterProblem[] = [];
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    for (const piece of pieces(text)) {
      const found = person(piece);
      if (found) invitees.push({ line, ...found });
      else problems.push({ line, text: clean(piece, 80), why: "not an email address" });
    }
  }
  return withoutDoubles({ invitees, problems });
}

/** `Doe, Jane <jane@x.org>; bob@x.org` is two pieces: a name belongs to the bracket that follows it. */
function pieces(line: string): readonly string[] {
  const found: string[] = [];
  let rest = line;
  for (;;) {
    const bracket = /<[^<>]*>/.exec(rest);
    if (!bracket) break;
    const before = rest.slice(0, bracket.index);
    // Emails that stand before the name are people of their own; the name is what comes after the last of them.
    const bare = splitBare(before);
    const last = bare.findLastIndex((piece) => piece.includes("@"));
    found.push(...bare.slice(0, last + 1));
    const name =
      last < 0
        ? before
        : before.slice(before.lastIndexOf(bare[last] as string) + (bare[last] as string).length);
    found.push(`${name.replace(/^[\s,;]+/, "")}${bracket[0]}`);
    rest = rest.slice(bracket.index + bracket[0].length);
  }
  found.push(...splitBare(rest));
  return found;
}

function splitBare(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((piece) => piece !== "");
}

function person(piece: string): Pick<Invitee, "email" | "fullName"> | null {
  const named = /^(?<name>[^<>]*)<(?<address>[^<>]*)>$/.exec(piece);
  const email = emailOf(bare(named?.groups?.["address"] ?? piece));
  if (!email) return null;
  const fullName = clean((named?.groups?.["name"] ?? "").replaceAll(/["']/g, ""));
  return fullName === "" ? { email } : { email, fullName };
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^mailto:/i, "")
    .replace(/^["'([]+|["')\].]+$/g, "");
}
