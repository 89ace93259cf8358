import { clean } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { labelOf } from "./person.ts";

/** A name with more characters or words than these is shown in quotation marks. */
const PLAIN_NAME = 40;
const PLAIN_WORDS = 5;

/**
 * As `labelOf`, with a name in quotation marks if it is long or reads like a sentence. A person chooses any name, so a
 * reader must see where it ends.
 */
export function quotedLabelOf(
  member: Pick<Member, "fullName" | "username"> | null,
  idMember: string,
): string {
  const label = labelOf(member, idMember);
  const name = clean(member?.fullName ?? "");
  const isOdd = name.length > PLAIN_NAME || name !== member?.fullName || name.split(" ").length > PLAIN_WORDS;
  return name !== "" && isOdd && label.startsWith(name) ? `"${name}"${label.slice(name.length)}` : label;
}
