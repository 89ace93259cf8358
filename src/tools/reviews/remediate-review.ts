import { z } from "zod";
import { workspacePlace } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Finding, Review } from "../../domain/review.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { setWorkspaceMember } from "../../effects/workspace-members.ts";
import {
  blindSpotsOf,
  borderLines,
  labelOf,
  peopleOf,
  subjectOf,
  withGuestNames,
} from "../../people/person.ts";
import { planRemovals, type Removal } from "../../planning/boards/removals.ts";
import { combine } from "../../planning/plan-part.ts";
import { findingsOf } from "../../reviews/review.ts";
import { SCIM_ROSTER, scimRoster } from "../../rosters/scim.ts";
import { defineTool } from "../define.ts";
import { writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remediate_review",
  title: "Remediate a review",
  description:
    "Acts on chosen findings of a review_access in one plan: removes people, revokes invitations, lowers roles. Each finding is checked again first.",
  toolset: "reviews",
  effect: "delete",
  makes: [
    { op: "remove_board_member", direction: "takes" },
    { op: "remove_workspace_member", direction: "takes" },
    { op: "remove_workspace_member_everywhere", direction: "takes" },
    { op: "set_workspace_member", direction: "gives" },
  ],
  input: z.strictObject({
    reviewId: z.string().max(60),
    findings: z.array(z.string().min(1).max(40)).min(1).max(500),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const review = await context.review(args.reviewId);
    if (!review) {
      throw new AppError("NOT_FOUND", "There is no review with that id.", {
        next: "Call review_access and use the reviewId that it returns.",
      });
    }
    const chosen = chosenOf(review, args.findings);
    const snapshots = await context.reads.trello.workspaceSnapshots(review.workspaces);
    const today = await findToday(review, snapshots, context);
    const open = chosen.flatMap(({ id }) => today.get(id) ?? []);
    const gone = chosen.filter(({ id }) => !today.has(id));
    const removals = await removalsFor(open, snapshots, context);
    const whole = combine(
      {
        warnings: [
          ...gone.map((finding) => `${line(finding)}: this is no longer true, so nothing is done about it.`),
          ...open
            .filter(({ remedy }) => remedy === null)
            .map(
              (finding) =>
                `${line(finding)}: a person has to choose what to do, so nothing is done about it.`,
            ),
        ],
        notReached: open.filter(({ remedy }) => remedy === null).map(line),
        subjects: await Promise.all(removals.map(({ person }) => subjectOf(person, context))),
        blindSpots: [
          ...(await blindSpotsOf(snapshots, context.reads)),
          ...(await borderLines(context.reads)),
        ],
        promises: promisesOf(removals),
        untouched: ["The Atlassian accounts of the removed people: offboard_member can disable them"],
      },
      await planRemovals(removals, context),
      await lowerRoles(open, removals, snapshots, context),
    );
    return {
      ...whole,
      summary: `Act on ${plural(open.length - unresolved(open), "finding")} of the review ${review.id}`,
    };
  },
});

function unresolved(findings: readonly Finding[]): number {
  return findings.filter(({ remedy }) => remedy === null).length;
}

function line({ kind, person, places }: Finding): string {
  return clean(`${kind} of ${person?.label ?? places[0]?.name ?? ""}`, 160);
}

function chosenOf({ findings }: Review, ids: readonly string[]): readonly Finding[] {
  const known = new Map(findings.map((finding) => [finding.id, finding]));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new AppError("INPUT_INVALID", `The review has no finding ${listNames(unknown, 5)}.`, {
      next: "Give ids of findings that review_access showed.",
    });
  }
  return [...new Set(ids)].flatMap((id) => known.get(id) ?? []);
}

/** Today's findings by id, from the same rosters. The directory is read again, because people may have come back. */
async function findToday(
  { rosters, dormantDays }: Review,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<ReadonlyMap<string, Finding>> {
  const fresh = await Promise.all(
    rosters.map(async (roster) => (roster.name === SCIM_ROSTER ? scimRoster(context.reads) : roster)),
  );
  const withGaps = fresh.map((roster, index) => ({ ...roster, gaps: rosters[index]?.gaps ?? [] }));
  const { findings } = await findingsOf({ snapshots, rosters: withGaps, dormantDays }, context);
  return new Map(findings.map((finding) => [finding.id, finding]));
}

/** The people to remove from each place, each once, however many findings name the person. */
async function removalsFor(
  findings: readonly Finding[],
  snapshots: readonly WorkspaceSnapshot[],
  { reads }: PlanContext,
): Promise<readonly Removal[]> {
  const wanted = new Set(
    findings
      .filter(({ remedy }) => remedy === "remove" || remedy === "revoke")
      .flatMap(({ person, places }) => places.map((place) => `${place.idOrganization} ${person?.idMember}`)),
  );
  const removals: Removal[] = [];
  for (const snapshot of snapshots) {
    const leaving = peopleOf(snapshot).filter(({ idMember }) =>
      wanted.has(`${snapshot.workspace.id} ${idMember}`),
    );
    for (const person of await withGuestNames(leaving, snapshot, reads))
      removals.push({ snapshot, person, boards: person.boards, fromWorkspace: true });
  }
  return removals;
}

function promisesOf(removals: readonly Removal[]): NonNullable<PlanPart["promises"]> {
  return removals.map(({ snapshot, person }) => ({
    off: "workspaces" as const,
    people: [{ idMember: person.idMember, label: labelOf(person.member, person.idMember) }],
    workspaces: [{ id: snapshot.workspace.id, name: clean(snapshot.workspace.displayName) }],
  }));
}

async function lowerRoles(
  findings: readonly Finding[],
  removals: readonly Removal[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<PlanPart> {
  const lowered = findings.flatMap(({ remedy, role, person, places: [place] }) => {
    const snapshot = snapshots.find(({ workspace }) => workspace.id === place?.idOrganization);
    const row = snapshot?.memberships.find(({ idMember }) => idMember === person?.idMember);
    const leaves = removals.some(
      (removal) => removal.snapshot === snapshot && removal.person.idMember === person?.idMember,
    );
    if (remedy !== "lower_role" || role === undefined || !snapshot || !row || leaves) return [];
    const someone = peopleOf(snapshot).find(({ idMember }) => idMember === row.idMember);
    return someone ? [{ snapshot, row, role, someone }] : [];
  });
  return {
    effects: lowered.map(({ snapshot, row, role, someone }) =>
      setWorkspaceMember.make({
        target: { idOrganization: snapshot.workspace.id, idMember: row.idMember },
        before: { memberType: row.memberType },
        after: { memberType: role },
        label: labelOf(someone.member, someone.idMember),
        place: workspacePlace(snapshot.workspace),
      }),
    ),
    subjects: await Promise.all(lowered.map(({ someone }) => subjectOf(someone, context))),
  };
}
