import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { subjectOf } from "../../people/person.ts";
import { planRemovals } from "../boards/removals.ts";
import { combine } from "../plan-part.ts";
import { applicationsUntouched } from "./applications.ts";
import { type Leaver, reaches } from "./leavers.ts";
import { accountRung, enterpriseRung, removalsOf } from "./rungs.ts";
import { openRungs, skippedLines, untouchedAfter } from "./skipped.ts";

/** A member who leaves. `emails`: the member's proven emails. */
export interface RosterLeaver extends Pick<Leaver, "label" | "places"> {
  readonly emails: readonly string[];
}

/** Plans to offboard people who are no longer on a roster, as far as the policy file says. */
export async function planRosterLeavers(
  leavers: readonly RosterLeaver[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<PlanPart> {
  const rung = context.rosterRules.leaverRung;
  const people = leavers.flatMap(({ label, emails, places }): Leaver[] => {
    const [place] = places;
    if (!place) return [];
    return [{ label, person: place.person, email: emails[0] ?? null, stated: null, places }];
  });
  if (people.length === 0) return {};
  const enterprise = reaches(rung, "enterprise") ? await enterpriseRung(people, context) : { skipped: [] };
  const account = reaches(rung, "account") ? await accountRung(people, context) : { skipped: [] };
  const skipped = [...enterprise.skipped, ...account.skipped];
  const inEnterprise =
    context.reads.enterprise !== null ||
    snapshots.some(({ workspace: { idEnterprise } }) => Boolean(idEnterprise));
  const members = people.flatMap(({ person }) => person ?? []);
  return combine(await planRemovals(removalsOf(people, rung), context), enterprise, account, {
    subjects: await Promise.all(members.map((person) => subjectOf(person, context))),
    warnings: skippedLines(skipped).map((line) => `Skipped: ${line}.`),
    untouched: [
      ...skippedLines(skipped),
      ...untouchedAfter(rung, context.reads.enterprise !== null, members),
      ...applicationsUntouched(context.reads),
    ],
    notReached: skippedLines(openRungs(skipped, { rung, inEnterprise })),
    promises: [
      {
        off: rung === "boards" ? "boards" : "workspaces",
        people: people.flatMap(({ person, label }) => (person ? [{ idMember: person.idMember, label }] : [])),
        workspaces: snapshots.map(({ workspace: { id, displayName } }) => ({ id, name: clean(displayName) })),
      },
    ],
  });
}
