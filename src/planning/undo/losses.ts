import type { Effect } from "../../domain/effect.ts";
import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import type { Member } from "../../domain/trello.ts";
import { kindOf, takesAway } from "../../effects/kinds.ts";
import { subjectOf } from "../../people/person.ts";
import { findScimUser, scimEmail, scimSubject } from "../../people/scim-users.ts";
import { lossesOf } from "../accounts/losses.ts";
import { combine } from "../plan-part.ts";

/**
 * The people who lose something by an undo, and what each person loses together with an account. The warnings are the
 * same as those of the tool that disables accounts. An account is read again only if the undo takes it away.
 */
export async function lossesOfUndo(effects: readonly Effect[], context: PlanContext): Promise<PlanPart> {
  const { reads } = context;
  const subjects = new Map<string, Subject>();
  const parts: PlanPart[] = [];
  for (const effect of effects.filter(takesAway)) {
    const { key, subject } = await whomOf(effect, context);
    if (subject) subjects.set(key, subject);
    const how = kindOf(effect).account;
    if (!how) continue;
    parts.push(ofOne(effect.label, await lossesOf(subject ?? {}, reads, how)));
  }
  return combine({ subjects: [...subjects.values()] }, ...parts);
}

/** One undo may be about several accounts. So each line begins with the name of its account. */
function ofOne(label: string, { notes = [], warnings = [], blindSpots = [], ...part }: PlanPart): PlanPart {
  const named = (lines: readonly string[]) => lines.map((line) => `${label}: ${line}`);
  return { ...part, notes: named(notes), warnings: named(warnings), blindSpots: named(blindSpots) };
}

/**
 * The person or Group that an effect changes, in the form that the guards (checks of the policy) use. If two effects
 * have the same `key`, they change the same person or Group.
 */
async function whomOf(
  effect: Effect,
  context: PlanContext,
): Promise<{ readonly key: string; readonly subject: Subject | null }> {
  const { idMember, scimId, userName, accountId, email } = effect.target;
  const { reads } = context;
  if (idMember) {
    const member = await memberOf(effect, idMember, reads);
    const person = { idMember, member, membership: null, boards: [] };
    return { key: idMember, subject: await subjectOf(person, context) };
  }
  if (scimId || userName) {
    const user = await userOf(scimId, userName, reads);
    const named = user ? { ...scimSubject(user), email: scimEmail(user) ?? user.userName } : null;
    const subject = named ?? (scimId ? { scimId } : { email: userName ?? "" });
    return { key: user?.id ?? scimId ?? userName ?? "", subject };
  }
  if (accountId) {
    const account = (await reads.organization?.account(accountId)) ?? null;
    return { key: accountId, subject: { accountId, ...(account?.email && { email: account.email }) } };
  }
  if (email) return { key: email, subject: { email } };
  const group = effect.resource === "scim_group" ? groupOf(effect) : null;
  return { key: `group ${group}`, subject: group === null ? null : { groups: [group] } };
}

/**
 * The Trello member that an effect changes; null if the effect has no workspace, or if the workspace does not list the
 * member.
 */
async function memberOf({ target }: Effect, idMember: string, { trello }: Reads): Promise<Member | null> {
  const { idOrganization } = target;
  if (!idOrganization) return null;
  const { memberships } = await trello.workspace(idOrganization);
  return memberships.find((row) => row.idMember === idMember)?.member ?? null;
}

async function userOf(
  scimId: string | undefined,
  userName: string | undefined,
  reads: Reads,
): Promise<ScimUser | null> {
  if (!reads.scim) return null;
  return findScimUser(scimId ? { scimId } : { userName: userName ?? "" }, reads);
}

function groupOf({ target, label }: Effect): string {
  return target["groupName"] ?? target["displayName"] ?? label;
}
