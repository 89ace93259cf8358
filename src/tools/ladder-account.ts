import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import { requireScim } from "../domain/reads.ts";
import { setEnterpriseDeactivated } from "../effects/set-enterprise-deactivated.ts";
import type { PlanContext } from "../engine/engine.ts";
import { hammer } from "./account-hammer.ts";
import { accountImpact } from "./account-impact.ts";
import { provenEmail } from "./directory-fields.ts";
import { enterpriseTarget, refuseAdminHub, theEnterpriseMember } from "./enterprise-person.ts";
import type { Leaver } from "./leavers.ts";
import { labelOf } from "./people.ts";
import { emailOf } from "./roster.ts";
import { findScimUser, scimLabel } from "./scim-user.ts";

/** What a rung adds to the plan. */
export interface RungDraft {
  readonly effects: readonly Effect[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly unknown: boolean;
}

/** Deactivation in the Trello Enterprise; said and left out where Atlassian Administration manages it. */
export async function enterpriseRung(leavers: readonly Leaver[], context: PlanContext): Promise<RungDraft> {
  const nothing = { effects: [], notes: [], unknown: false };
  if (!context.reads.enterprise) {
    return { ...nothing, warnings: ["TRELLO_ENTERPRISE_ID is not set, so the enterprise rung is left out."] };
  }
  try {
    await refuseAdminHub(context);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "UPSTREAM_FORBIDDEN") throw thrown;
    return { ...nothing, warnings: [`The enterprise rung is left out: ${thrown.message}`] };
  }
  const effects: Effect[] = [];
  const warnings: string[] = [];
  for (const { person, query } of leavers) {
    if (!person) continue;
    const email = (await provenEmail(person, context))?.email ?? emailOf(query);
    const who = labelOf(person.member, person.idMember);
    try {
      const row = await theEnterpriseMember(email ?? person.idMember, context);
      if (row.deactivated === true) continue;
      effects.push(
        setEnterpriseDeactivated.make({
          target: enterpriseTarget(row, context),
          before: { deactivated: false },
          after: { deactivated: true },
          label: who,
        }),
      );
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
      warnings.push(`${who} is not a member of the enterprise.`);
    }
  }
  return { ...nothing, effects, warnings };
}

/** Deactivation of the Atlassian account by SCIM, with everything that goes with it. */
export async function accountRung(leavers: readonly Leaver[], context: PlanContext): Promise<RungDraft> {
  requireScim(context.reads);
  const effects: Effect[] = [];
  const warnings: string[] = [];
  const notes: string[] = [];
  let unknown = false;
  for (const { person, query } of leavers) {
    const email = (person ? (await provenEmail(person, context))?.email : null) ?? emailOf(query);
    const user = email ? await findScimUser(email, context.reads) : null;
    if (!user) {
      const who = person ? labelOf(person.member, person.idMember) : query;
      warnings.push(
        `No SCIM User is known for ${who}${email ? "" : ", because the email is not"}, so the Atlassian account stays.`,
      );
      continue;
    }
    const lost = await accountImpact(user.userName, context.reads);
    effects.push(...(await hammer(user, { how: "deactivate", access: false }, context.reads)));
    warnings.push(...lost.warnings);
    notes.push(...lost.notes.map((note) => (leavers.length > 1 ? `${scimLabel(user)}: ${note}` : note)));
    unknown ||= lost.unknown;
  }
  return { effects, warnings, notes, unknown };
}
