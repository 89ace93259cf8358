import { z } from "zod";
import { workspacePlace } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Finding, Review } from "../../domain/review.ts";
import { itemsOf, type ReviewItem, stateOf } from "../../domain/sign-off.ts";
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
import { findingsOf, requireReview } from "../../reviews/review.ts";
import { readAgain } from "../../rosters/named.ts";
import { defineTool } from "../define.ts";
import { writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remediate_review",
  title: "Remediate a review",
  description:
    "Acts on chosen findings of review_access, or on the removals of a signed review, in one plan. Each is checked again first.",
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
    findings: z
      .array(z.string().min(1).max(40))
      .min(1)
      .max(500)
      .describe("default: everything that the reviewers of a signed review decided to remove")
      .optional(),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const review = await requireReview(args.reviewId, context);
    const removed = args.findings === undefined ? await requireRemovals(review, context) : null;
    const decided = removed?.items ?? [];
    const chosen = chosenOf(review, args.findings ?? []);
    const snapshots = await context.reads.trello.workspaceSnapshots(review.workspaces);
    const today = args.findings === undefined ? NONE : await findToday(review, snapshots, context);
    const open = chosen.flatMap(({ id }) => today.get(id) ?? []);
    const gone = chosen.filter(({ id }) => !today.has(id));
    const forPerson = open.filter(({ remedy }) => remedy === null);
    const removals = await removalsFor([...removalsOf(open), ...decided], snapshots, context);
    const left = new Set(
      removals.map(({ snapshot, person }) => `${person.idMember}.${snapshot.workspace.id}`),
    );
    const absent = decided.filter(({ id }) => !left.has(id));
    const whole = combine(
      {
        warnings: [
          ...absent.map(
            ({ person, workspace }) =>
              `${clean(person.name)} has no access to ${clean(workspace.name)} any more, so nothing is done about it.`,
          ),
          ...gone.map((finding) => `${line(finding)}: the finding is no longer true, so nothing is done.`),
          ...forPerson.map(
            (finding) => `${line(finding)}: a person has to choose what to do, so nothing is done about it.`,
          ),
        ],
        notReached: forPerson.map(line),
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
      summary: removed
        ? `Remove ${peopleText(removals)}, as the reviewers of "${clean(removed.name, 100)}" decided`
        : `Act on ${plural(open.length - forPerson.length, "finding")} of the review ${review.id}`,
    };
  },
});

function line({ kind, person, places }: Finding): string {
  return clean(`Finding ${kind} about ${person?.label ?? places[0]?.name ?? "a place without a name"}`, 160);
}

function chosenOf({ findings }: Review, ids: readonly string[]): readonly Finding[] {
  const known = new Map(findings.map((finding) => [finding.id, finding]));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new AppError("INPUT_INVALID", `The review has no finding with the id ${listNames(unknown, 5)}.`, {
      next: "Give ids of findings that review_access showed.",
    });
  }
  return [...new Set(ids)].flatMap((id) => known.get(id) ?? []);
}

/** The findings that the review would have today, by id. To find them, the rosters of the review are read again. */
async function findToday(
  { rosters, dormantDays }: Review,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<ReadonlyMap<string, Finding>> {
  const fresh = await Promise.all(rosters.map((roster) => readAgain(roster, context.reads)));
  const { findings } = await findingsOf({ snapshots, rosters: fresh, dormantDays }, context);
  return new Map(findings.map((finding) => [finding.id, finding]));
}

/** The people whom the findings remove from workspaces, or whose invitations they revoke. */
function removalsOf(findings: readonly Finding[]): readonly Pick<ReviewItem, "id">[] {
  return findings
    .filter(({ remedy }) => remedy === "remove" || remedy === "revoke")
    .flatMap(({ person, places }) =>
      places.map((place) => ({ id: `${person?.idMember}.${place.idOrganization}` })),
    );
}

const NONE: ReadonlyMap<string, Finding> = new Map();

/** The people whom the reviewers decided to remove. CONFLICT if not all reviewers have signed. */
async function requireRemovals(
  review: Review,
  context: PlanContext,
): Promise<{ readonly name: string; readonly items: readonly ReviewItem[] }> {
  const record = await context.namedReview(review.id);
  const state = record && stateOf(record);
  if (!state?.isSigned) {
    throw new AppError(
      "CONFLICT",
      "The reviewers of this review have not all signed, or it has no reviewers. So there are no decisions to act on.",
      {
        next: "Name the findings to act on in `findings`. Or let reviewers decide: call start_review, and call this tool again when get_review says `signed`.",
      },
    );
  }
  const items = itemsOf(review).filter(({ id }) => state.decisions.get(id)?.decision === "remove");
  if (items.length > 0) return { name: record?.signOff.name ?? "", items };
  throw new AppError("CONFLICT", "The reviewers decided to remove no one.", {
    next: "There is nothing to do. If the reviewers decided to change roles, change them with set_workspace_role or set_board_role, as the notes in get_review say.",
  });
}

/** The people to remove from each workspace. A person with several findings counts once. */
async function removalsFor(
  items: readonly Pick<ReviewItem, "id">[],
  snapshots: readonly WorkspaceSnapshot[],
  { reads }: PlanContext,
): Promise<readonly Removal[]> {
  const wanted = new Set(items.map(({ id }) => id));
  const removals: Removal[] = [];
  for (const snapshot of snapshots) {
    const leaving = peopleOf(snapshot).filter(({ idMember }) =>
      wanted.has(`${idMember}.${snapshot.workspace.id}`),
    );
    for (const person of await withGuestNames(leaving, snapshot, reads))
      removals.push({ snapshot, person, boards: person.boards, fromWorkspace: true });
  }
  return removals;
}

/** The number of people and of workspaces in words. A person who is removed from several workspaces counts once. */
function peopleText(removals: readonly Removal[]): string {
  const people = new Set(removals.map(({ person }) => person.idMember)).size;
  const workspaces = new Set(removals.map(({ snapshot }) => snapshot.workspace.id)).size;
  return `${plural(people, "person", "people")} from ${plural(workspaces, "workspace")}`;
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
  const lowering = findings.filter(({ remedy }) => remedy === "lower_role");
  const lowered = snapshots.flatMap((snapshot) => {
    const here = lowering.filter(({ places: [place] }) => place?.idOrganization === snapshot.workspace.id);
    const roles = new Map(here.map(({ person, role }) => [person?.idMember, role]));
    const leaving = new Set(
      removals.filter((removal) => removal.snapshot === snapshot).map(({ person }) => person.idMember),
    );
    if (here.length === 0) return [];
    return peopleOf(snapshot).flatMap((someone) => {
      const { idMember, membership } = someone;
      const role = roles.get(idMember);
      return role === undefined || !membership || leaving.has(idMember)
        ? []
        : [{ snapshot, membership, role, someone }];
    });
  });
  return {
    effects: lowered.map(({ snapshot, membership, role, someone }) =>
      setWorkspaceMember.make({
        target: { idOrganization: snapshot.workspace.id, idMember: someone.idMember },
        before: { memberType: membership.memberType },
        after: { memberType: role },
        label: labelOf(someone.member, someone.idMember),
        place: workspacePlace(snapshot.workspace),
      }),
    ),
    subjects: await Promise.all(lowered.map(({ someone }) => subjectOf(someone, context))),
  };
}
