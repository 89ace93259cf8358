import { clean } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { labelOf } from "./person.ts";

/** A name with more than 40 characters or many words is shown in quotation marks. */
const PLAIN_NAME = 40;
const PLAIN_WORDS = 5;

/**
 * Like `labelOf`, but a long name is put in quotation marks. People choose their names, and a name can read like a
 * sentence. The quotation marks show where the name ends.
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
