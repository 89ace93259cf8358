import { AppError } from "../domain/error.ts";
import { type Finding, FINDING_KINDS, type Review } from "../domain/review.ts";
import type { Roster } from "../domain/roster.ts";
import { plural } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { PlanContext } from "../domain/planning.ts";
import { accessFindings } from "./access.ts";
import { accessListOf } from "./access-list.ts";
import { duplicateFindings } from "./duplicates.ts";
import type { ReviewWorld } from "./finding.ts";
import { matchRosters } from "./match.ts";
import { hasAccess, reviewedPeople } from "./people.ts";
import { teamFindings } from "./team-boards.ts";
import { workspaceFindings } from "./workspaces.ts";

/** The caller's stored review with this id. NOT_FOUND if there is no such review. */
export async function requireReview(id: string, { review }: Pick<PlanContext, "review">): Promise<Review> {
  const found = await review(id);
  if (found) return found;
  throw new AppError("NOT_FOUND", "There is no review with that id.", {
    next: "Call review_access without cursor and without compareWith, and use the reviewId that it returns.",
  });
}

/** What a review compares. */
export interface ReviewQuestion {
  readonly snapshots: readonly WorkspaceSnapshot[];
  readonly rosters: readonly Roster[];
  readonly dormantDays: number;
}

/**
 * Compares the people of the workspaces with the rosters. In the result, the most urgent findings come first. Findings
 * of the same urgency are sorted by name.
 */
export async function findingsOf(
  { snapshots, rosters, dormantDays }: ReviewQuestion,
  context: PlanContext,
): Promise<Pick<Review, "findings" | "coverage" | "access">> {
  const people = await reviewedPeople(snapshots, rosters, context);
  const { id: owner } = await context.reads.trello.me();
  const world: ReviewWorld = {
    people,
    snapshots,
    rosters,
    matches: matchRosters(people, rosters),
    teamBoards: context.teamBoards,
    owner,
    now: context.now,
    dormantDays,
    invitationDays: context.invitationDays,
  };
  const findings = [
    ...accessFindings(world),
    ...workspaceFindings(world),
    ...teamFindings(world),
    ...duplicateFindings(world),
  ];
  return { findings: findings.toSorted(byUrgency), coverage: coverageOf(world), access: accessListOf(world) };
}

const SEVERITIES: readonly Finding["severity"][] = ["high", "medium", "low"];

function byUrgency(a: Finding, b: Finding): number {
  const severities = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (severities !== 0) return severities;
  const kinds = FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind);
  if (kinds !== 0) return kinds;
  const [one, other] = [a.person?.label ?? "", b.person?.label ?? ""];
  return one === other ? (a.id < b.id ? -1 : 1) : one < other ? -1 : 1;
}

/** Lines that say how much was read, and for how many people the rosters say nothing that is certain. */
function coverageOf({ people, snapshots, rosters, matches }: ReviewWorld): readonly string[] {
  const withAccess = people.filter(({ places }) => places.some(hasAccess));
  const known = (confidence: "certain" | "likely") =>
    withAccess.filter(({ idMember }) => {
      const found = matches.of(idMember);
      const best = found.some((match) => match.confidence === "certain") ? "certain" : "likely";
      return found.length > 0 && best === confidence;
    }).length;
  const hidden = withAccess.filter(
    ({ idMember, emails }) => emails.length === 0 && matches.of(idMember).length === 0,
  ).length;
  const undated = withAccess.filter(({ lastActive }) => lastActive === null).length;
  const boards = snapshots.reduce((sum, snapshot) => sum + snapshot.boards.length, 0);
  return [
    `Read: ${plural(snapshots.length, "workspace")}, ${plural(boards, "board")}, ${plural(people.length, "person", "people")}, of whom ${withAccess.length} have access.`,
    ...rosters.map(
      ({ name, people: rows, gaps }) =>
        `${name}: ${plural(rows.length, "person", "people")}, ${gaps.length === 0 ? "read completely" : "not read completely, so it cannot prove that a person is missing from it"}.`,
    ),
    ...rosters.flatMap(({ gaps, notes = [] }) => [...gaps, ...notes]),
    ...(rosters.length > 0
      ? [
          `Found on a roster: ${known("certain")} for certain, ${known("likely")} only likely. For ${plural(hidden, "person", "people")}, no email is known and no roster has the name, so the rosters say nothing about them.`,
        ]
      : ["No roster was read, so it is not known who should have access."]),
    ...matches.unclear,
    ...(undated > 0 ? [`No source shows the last activity of ${plural(undated, "person", "people")}.`] : []),
  ];
}
