import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Person } from "./people.ts";

/** A person as the guards want to know them: with the email too, where one was ever proven. */
export async function subjectOf({ idMember, member }: Person, { identities }: PlanContext): Promise<Subject> {
  const links = await identities.emailsOf(idMember);
  const email = member?.email ?? links.find(({ disputed }) => !disputed)?.email;
  return {
    idMember,
    ...(member && { username: member.username }),
    ...(member?.aaId && { accountId: member.aaId }),
    ...(email && { email }),
  };
}
