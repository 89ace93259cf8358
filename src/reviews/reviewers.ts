import { AppError } from "../domain/error.ts";
import type { Review } from "../domain/review.ts";
import { itemsOf, type ReviewItem } from "../domain/sign-off.ts";
import { listNames, plural } from "../domain/text.ts";

/** Who reviews: the people that the call names, the admins of the workspaces, or the people's managers. */
export const REVIEW_BY = ["named", "workspace_admins", "managers"] as const;
export type ReviewBy = (typeof REVIEW_BY)[number];

/** The most reviewers of one review. */
const MOST_REVIEWERS = 500;

interface Assigned {
  readonly reviewers: readonly string[];
  readonly items: Readonly<Record<string, readonly string[]>>;
}

/**
 * Gives each item of a review to reviewers: to the admins of the workspace, or to the person's manager. No person
 * reviews their own access. If an item has no such reviewer, the people in `named` review it. INPUT_INVALID if there is
 * such an item and `named` is empty.
 */
export function assignItems(
  review: Review,
  by: Exclude<ReviewBy, "named">,
  named: readonly string[],
): Assigned {
  const chosen = by === "managers" ? managerOf : createAdmins(review);
  const items = new Map<string, string[]>();
  const left: ReviewItem[] = [];
  for (const item of itemsOf(review)) {
    const own = item.person.email;
    const found = chosen(item).filter((email) => email !== own);
    const reviewers = found.length > 0 ? found : named;
    if (reviewers.length === 0) left.push(item);
    for (const reviewer of reviewers) items.set(reviewer, [...(items.get(reviewer) ?? []), item.id]);
  }
  if (left.length > 0) throw nobody(left, by);
  if (items.size > MOST_REVIEWERS) {
    throw new AppError(
      "INPUT_INVALID",
      `The review would have ${items.size} reviewers; at most ${MOST_REVIEWERS} are allowed.`,
      {
        next: "Start one review for each workspace.",
      },
    );
  }
  return { reviewers: [...items.keys()].toSorted(), items: Object.fromEntries(items) };
}

/** The email of the person's manager on a roster, if the row certainly belongs to the person. */
function managerOf({ person }: ReviewItem): readonly string[] {
  return person.manager ? [person.manager] : [];
}

/** The emails of the active admins of an item's workspace. An admin without a proven email is left out. */
function createAdmins({ access }: Review): (item: ReviewItem) => readonly string[] {
  const admins = new Map(
    access.workspaces.map(({ id }) => [
      id,
      access.people.flatMap(({ email, letters }) => (letters[id] === "A" && email !== null ? [email] : [])),
    ]),
  );
  return ({ workspace }) => admins.get(workspace.id) ?? [];
}

function nobody(left: readonly ReviewItem[], by: "workspace_admins" | "managers"): AppError {
  const names = listNames([...new Set(left.map(({ person }) => person.name))], 5);
  const places = listNames([...new Set(left.map(({ workspace }) => workspace.name))], 5);
  return new AppError(
    "INPUT_INVALID",
    by === "managers"
      ? `${plural(left.length, "item")} would have no reviewer, because no roster shows for certain who manages ${names}.`
      : `${plural(left.length, "item")} would have no reviewer: this server knows no certain email of another admin of ${places}.`,
    { next: "Name people in `reviewers`: they get the items that have no other reviewer." },
  );
}
