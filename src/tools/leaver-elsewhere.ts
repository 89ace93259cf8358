import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import { membersWithEmail } from "../people/emails.ts";
import { theEnterpriseMember } from "../people/enterprise.ts";
import { labelOf, type Person } from "../people/person.ts";
import { findScimUser, nullIfNotFound, scimLabel } from "../people/scim.ts";
import { reaches, type Rung } from "./ladder.ts";

/** Somebody who was seen in none of the workspaces. */
export interface Elsewhere {
  /** Cleaned. */
  readonly label: string;
  /** null where only an email is known, which no Trello member is proven to have. */
  readonly person: Person | null;
}

/**
 * Somebody who is in none of the workspaces and whom a higher rung reaches all the same: by the row of the enterprise, by
 * an email that was linked to the member before, or by the SCIM User of an email. null where none of these knows them;
 * AMBIGUOUS where only the name fits.
 */
export async function leaverElsewhere(
  query: string,
  rung: Rung,
  context: PlanContext,
): Promise<Elsewhere | null> {
  if (!reaches(rung, "enterprise")) return null;
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (wanted.includes("@")) return byEmail(wanted, rung, context);
  if (/^[0-9a-f]{24}$/.test(wanted)) return byId(wanted, rung, context);
  const row = await enterpriseRow(wanted, context);
  if (!row) return null;
  if (row.member.username.toLowerCase() === wanted) return fromRow(row);
  throw new AppError("AMBIGUOUS", "Who is meant is not certain: only a name of the enterprise fits.", {
    next: "If the one candidate is meant, call again with that id.",
    details: {
      candidates: [
        {
          id: row.member.id,
          name: labelOf(row.member, row.member.id),
          confidence: "likely",
          reason: "same name in the enterprise",
        },
      ],
    },
  });
}

async function byEmail(email: string, rung: Rung, context: PlanContext): Promise<Elsewhere | null> {
  const proofs = await membersWithEmail(email, [], context);
  const [proof] = proofs.filter(({ confidence }) => confidence === "certain");
  if (proof) return byId(proof.idMember, rung, context);
  const user = reaches(rung, "account") ? await findScimUser(email, context.reads) : null;
  return user && { label: scimLabel(user), person: null };
}

async function byId(idMember: string, rung: Rung, context: PlanContext): Promise<Elsewhere | null> {
  const row = await enterpriseRow(idMember, context);
  if (row) return fromRow(row);
  if (!reaches(rung, "account")) return null;
  for (const { email, disputed } of await context.identities.emailsOf(idMember)) {
    if (disputed || (await findScimUser(email, context.reads)) === null) continue;
    const person = { idMember, member: null, membership: null, boards: [] };
    return { label: `${clean(email, 254)} (${idMember})`, person };
  }
  return null;
}

async function enterpriseRow(query: string, context: PlanContext): Promise<EnterpriseMemberRow | null> {
  return context.reads.enterprise ? nullIfNotFound(() => theEnterpriseMember(query, context)) : null;
}

function fromRow({ member }: EnterpriseMemberRow): Elsewhere {
  return {
    label: labelOf(member, member.id),
    person: { idMember: member.id, member, membership: null, boards: [] },
  };
}
