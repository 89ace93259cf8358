import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { subjectOf } from "../../people/person.ts";
import { planRemovals } from "../boards/removals.ts";
import { combine } from "../plan-part.ts";
import { applicationRung, applicationsUntouched } from "./applications.ts";
import { type Leaver, reaches, type Rung } from "./leavers.ts";
import { accountRung, enterpriseRung, removalsOf } from "./rungs.ts";
import { openRungs, skippedLines, untouchedAfter } from "./skipped.ts";

const NO_APPLICATIONS =
  "The policy file sets `rosters.leaver_rung: everywhere`, but no other application is connected (`directories` in IDENTITY_CONNECTIONS_FILE).";

/** A member who leaves. `emails`: the member's proven emails. */
export interface RosterLeaver extends Pick<Leaver, "label" | "places"> {
  readonly emails: readonly string[];
}

/**
 * Plans to offboard people who are no longer on a roster, up to the step that the policy file sets. As in
 * `offboard_member`, the step `everywhere` means the highest step that the settings allow, and all connected
 * applications.
 */
export async function planRosterLeavers(
  leavers: readonly RosterLeaver[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<PlanPart> {
  const { reads } = context;
  const { leaverRung } = context.rosterRules;
  const everywhere = leaverRung === "everywhere";
  const rung: Rung = leaverRung === "everywhere" ? highestRung(reads) : leaverRung;
  const people = leavers.flatMap(({ label, emails, places }): Leaver[] => {
    const [place] = places;
    if (!place) return [];
    return [{ label, person: place.person, email: emails[0] ?? null, stated: null, places }];
  });
  if (people.length === 0) return {};
  const enterprise = reaches(rung, "enterprise") ? await enterpriseRung(people, context) : { skipped: [] };
  const account = reaches(rung, "account") ? await accountRung(people, context) : { skipped: [] };
  const isConnected = (reads.applications ?? []).length > 0;
  const applications = everywhere && isConnected ? await applicationRung(people, context) : { skipped: [] };
  const without = everywhere && !isConnected ? [NO_APPLICATIONS] : [];
  const skipped = [...enterprise.skipped, ...account.skipped, ...applications.skipped];
  const inEnterprise =
    reads.enterprise !== null || snapshots.some(({ workspace: { idEnterprise } }) => Boolean(idEnterprise));
  const members = people.flatMap(({ person }) => person ?? []);
  return combine(await planRemovals(removalsOf(people, rung), context), enterprise, account, applications, {
    subjects: await Promise.all(members.map((person) => subjectOf(person, context))),
    warnings: [...without, ...skippedLines(skipped).map((line) => `Skipped: ${line}.`)],
    untouched: [
      ...skippedLines(skipped),
      ...untouchedAfter(rung, reads.enterprise !== null, members),
      ...(everywhere ? without : applicationsUntouched(reads)),
    ],
    notReached: [...without, ...skippedLines(openRungs(skipped, { rung, inEnterprise }))],
    promises: [
      {
        off: rung === "boards" ? "boards" : "workspaces",
        people: people.flatMap(({ person, label }) => (person ? [{ idMember: person.idMember, label }] : [])),
        workspaces: snapshots.map(({ workspace: { id, displayName } }) => ({ id, name: clean(displayName) })),
      },
    ],
  });
}

function highestRung({ scim, enterprise }: Reads): Rung {
  if (scim) return "account";
  return enterprise ? "enterprise" : "workspaces";
}
