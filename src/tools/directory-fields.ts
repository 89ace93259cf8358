import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import { emailsOfMember } from "../people/emails.ts";
import type { Person } from "../people/person.ts";
import { askOptional } from "../people/sources.ts";

/** What the directory tells of a person only when asked: most of it costs a request a person. */
export const FIELDS = ["email", "groups", "lastActive", "joined", "boards"] as const;
type Field = (typeof FIELDS)[number];

/** The asked-for details of one person; null where no upstream tells. */
export async function detailsOf(person: Person, fields: readonly Field[], context: PlanContext) {
  const wants = new Set(fields);
  const known =
    wants.has("email") || wants.has("groups") || wants.has("lastActive")
      ? await emailsOfMember(person, context)
      : { proven: [], disputed: [] };
  const [email] = known.proven;
  const account =
    email && (wants.has("groups") || wants.has("lastActive"))
      ? await askOptional(context.reads, "organization", (organization) =>
          organization.accountByEmail(email.email),
        )
      : null;
  const seen = [
    person.member?.dateLastActive,
    ...(account?.products.map(({ lastActive }) => lastActive) ?? []),
  ];
  return {
    ...(wants.has("email") && {
      email: email?.email ?? null,
      emailSource:
        email?.source ??
        (known.disputed.length > 0 ? "disputed: sources give it to several members" : "hidden by Trello"),
    }),
    ...(wants.has("groups") && { groups: account ? account.groups.map((group) => clean(group)) : null }),
    ...(wants.has("lastActive") && {
      lastActive:
        seen
          .filter((date): date is string => !!date)
          .sort()
          .at(-1) ?? null,
    }),
    ...(wants.has("joined") && { joined: joinedOf(person) }),
    ...(wants.has("boards") && { boards: person.boards.map(({ name }) => name) }),
  };
}

/**
 * When a person joined the workspace, ISO 8601: the membership's id begins with the second of its making, as every
 * Trello id does. null for a guest.
 */
export function joinedOf({ membership }: Person): string | null {
  const seconds = Number.parseInt(membership?.id.slice(0, 8) ?? "", 16);
  return Number.isNaN(seconds) ? null : new Date(seconds * 1000).toISOString();
}
