import type { Reads } from "../domain/reads.ts";
import { requireScim } from "../domain/reads.ts";
import type { Roster, RosterPerson } from "../domain/roster.ts";
import type { ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import { accountIdOf, scimName } from "../people/scim-users.ts";
import { addressesOf } from "./source.ts";

/** The name of the SCIM directory in sentences, when it is used as a roster. */
export const SCIM_ROSTER = "SCIM directory";

/** Reads all Users of the SCIM directory in the settings, 100 with each request. */
export async function scimRoster(reads: Reads): Promise<Roster> {
  const people: RosterPerson[] = [];
  for await (const page of requireScim(reads).userPages()) people.push(...page.map(personOf));
  return { name: SCIM_ROSTER, people, gaps: [] };
}

function personOf(user: ScimUser): RosterPerson {
  // A User whose record does not say whether it is active counts as active (RFC 7643 section 4.1.1).
  const isOff = user.active === false;
  return {
    row: user.id,
    emails: emailsOf(user),
    name: clean(scimName(user)),
    status: isOff ? "blocked" : "active",
    says: isOff ? "active: false" : null,
    accountId: accountIdOf(user),
    role: null,
  };
}

/** The emails of the record, the primary one first. The userName counts only if the record has no email. */
function emailsOf({ userName, emails }: ScimUser): readonly string[] {
  const rows = (emails ?? []).toSorted((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false));
  const shown = addressesOf(rows.map(({ value }) => value));
  return shown.length > 0 ? shown : addressesOf([userName]);
}
