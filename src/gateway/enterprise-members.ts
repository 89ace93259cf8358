import { z } from "zod";
import { enterpriseMemberRow } from "../domain/enterprise.ts";
import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { EnterpriseQuery } from "../domain/reads.ts";

const ASSOCIATIONS = ["licensed", "deactivated", "collaborator", "managed", "admin"] as const;
const WORDS = ["search", "cursor", "activeSince", "inactiveSince"] as const;

/**
 * The description has a list and a cursor "in the response" without saying where, so both places are read: beside the
 * rows, or in a header.
 */
export const memberPage = z.union([
  z.array(enterpriseMemberRow).transform((rows) => ({ rows, cursor: null as string | null })),
  z
    .object({ members: z.array(enterpriseMemberRow), cursor: z.string().nullish() })
    .transform(({ members, cursor }) => ({ rows: members, cursor: cursor ?? null })),
]);

/** The parameters of the members query. Associations that are all false are left out, as Trello answers 400 (TRELLO-1112). */
export function memberQuery(query: EnterpriseQuery): Record<string, string> {
  const named = ASSOCIATIONS.filter((name) => query[name] !== undefined);
  const sendable = named.some((name) => query[name] === true) ? named : [];
  return Object.fromEntries([
    ...sendable.map((name) => [name, String(query[name])] as const),
    ...WORDS.flatMap((name) => (query[name] ? [[name, query[name]] as const] : [])),
  ]);
}

/** Whether a row is among those asked for; a flag that the row does not show is taken for fitting. */
export function fits(row: EnterpriseMemberRow, query: EnterpriseQuery): boolean {
  return ASSOCIATIONS.every(
    (name) => query[name] === undefined || row[name] === null || row[name] === query[name],
  );
}
