import { plural } from "../../domain/text.ts";
import { z } from "zod";
import type { Review } from "../../domain/review.ts";
import type { Roster } from "../../domain/roster.ts";
import { blindSpotsOf, borderLines } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { acceptedItems, markAccepted } from "../../reviews/accepted.ts";
import { findingsOf, type ReviewQuestion } from "../../reviews/review.ts";
import { readAgain, readNamedRosters, rosterNames } from "../../rosters/named.ts";
import { textRoster } from "../../rosters/text.ts";
import type { ReadContext } from "../define.ts";
import { workspaceRef } from "./fields.ts";

export const workspacesField = z.array(workspaceRef).min(1).max(100).describe("all if left out").optional();
export const rostersField = z.array(z.string().trim().min(1).max(60)).max(10).optional();

/** Whose access is compared with what. */
interface ReviewArgs {
  readonly workspaces?: string[] | undefined;
  readonly rosters?: string[] | undefined;
  readonly csv?: string | undefined;
  readonly column?: string | undefined;
  readonly dormantDays: number;
}

/**
 * Makes a review: reads who has access, compares it with the rosters, and stores the result. `before`: an earlier
 * review.
 */
export async function makeReview(
  args: ReviewArgs,
  before: Review | null,
  context: ReadContext,
): Promise<Review> {
  const { reads } = context;
  const { snapshots, unread } = await readWorkspaces(reads, args.workspaces);
  const rosters = (await readRosters(args, context)).map((roster) => withShrinking(roster, before));
  return await keepFindings({ snapshots, unread, rosters, dormantDays: args.dormantDays }, context);
}

/** Reads the workspaces and rosters of a review again, and stores a new review of them. */
export async function reviewAgain(review: Review, context: ReadContext): Promise<Review> {
  const { reads } = context;
  const { snapshots, unread } = await readWorkspaces(reads, [...review.workspaces]);
  const rosters: Roster[] = [];
  for (const roster of review.rosters) rosters.push(await readAgain(roster, reads));
  return await keepFindings({ snapshots, unread, rosters, dormantDays: review.dormantDays }, context);
}

async function keepFindings(
  { snapshots, unread, rosters, dormantDays }: ReviewQuestion & { readonly unread: readonly string[] },
  context: ReadContext,
): Promise<Review> {
  const { reads } = context;
  const { findings, coverage, access } = await findingsOf({ snapshots, rosters, dormantDays }, context);
  const accepted = acceptedItems(await context.namedReviews.accepting(), context.now.slice(0, 10));
  return context.keepReview({
    workspaces: snapshots.map(({ workspace: { id } }) => id),
    dormantDays,
    rosters,
    findings: markAccepted(findings, accepted),
    access,
    coverage: [
      ...coverage,
      ...unread,
      ...(await blindSpotsOf(snapshots, reads)),
      ...silentSources(reads),
      ...(await borderLines(reads)),
    ],
  });
}

async function readRosters(args: ReviewArgs, { reads }: ReadContext): Promise<readonly Roster[]> {
  const given = args.csv === undefined ? [] : [textRoster(args.csv, args.column)];
  const named = args.rosters ?? (given.length === 0 ? rosterNames(reads) : []);
  return [...given, ...(await readNamedRosters(named, reads))];
}

/** If more than this part of a roster's people are missing since the earlier review, the roster may be incomplete. */
const MOST_GONE = 0.1;

/**
 * Marks a roster as incomplete if it has no people or lost more than a tenth of them, because a file may have been cut
 * off. A person who is missing on an incomplete roster is not reported as a leaver.
 */
function withShrinking(roster: Roster, before: Review | null): Roster {
  const earlier = before?.rosters.find(({ name }) => name === roster.name);
  const [count, had] = [roster.people.length, earlier?.people.length ?? 0];
  if (count > 0 && count >= had * (1 - MOST_GONE)) return roster;
  const why =
    count === 0
      ? "has no people"
      : `now has ${plural(count, "person", "people")}, and had ${had} in the earlier review`;
  return { ...roster, gaps: [...roster.gaps, `${roster.name} ${why}: the list may be incomplete.`] };
}
