import {
  type ItemDecision,
  itemsOf,
  type ReviewItem,
  type ReviewRecord,
  type ReviewSummary,
  type SignOff,
  type SignOffEntry,
  signedContent,
  stateOf,
} from "./sign-off.ts";

// Finds the part of a named review that belongs to one reviewer. If the items are not divided among the reviewers, each
// reviewer has all items.

/** Whether this reviewer decides about the item. */
export function isItemOf({ items }: SignOff, reviewer: string, item: string): boolean {
  return items === undefined || items[reviewer]?.includes(item) === true;
}

/** The items of a reviewer. A reader who is not a reviewer gets all items. */
export function itemsFor(
  { signOff, review }: Pick<ReviewRecord, "signOff" | "review">,
  reviewer: string | null,
): readonly ReviewItem[] {
  const all = itemsOf(review);
  if (reviewer === null || signOff.items === undefined) return all;
  const own = new Set(signOff.items[reviewer]);
  return all.filter(({ id }) => own.has(id));
}

/** The proposals and decisions about the items of one reviewer, in the order in which they were made. */
export function entriesFor(
  { signOff, entries }: ReviewSummary,
  reviewer: string | null,
): readonly SignOffEntry[] {
  if (reviewer === null || signOff.items === undefined) return entries;
  const own = new Set(signOff.items[reviewer]);
  return entries.flatMap((entry): readonly SignOffEntry[] => {
    if (!("decisions" in entry)) return [];
    const decisions = entry.decisions.filter(({ item }) => own.has(item));
    return decisions.length === 0 ? [] : [{ ...entry, decisions }];
  });
}

/** The items whose decision can no longer change, because one of their reviewers has signed. */
export function createFinal(record: ReviewSummary): (item: ItemDecision["item"]) => boolean {
  const { signed } = stateOf(record);
  const { items } = record.signOff;
  if (items === undefined) return () => signed.length > 0;
  const final = new Set(signed.flatMap(({ reviewer }) => items[reviewer] ?? []));
  return (item) => final.has(item);
}

/**
 * The content that a reviewer signs. If the items are divided, it has only the decisions about this reviewer's own
 * items.
 */
export function signedBy(record: ReviewRecord, reviewer: string) {
  const content = signedContent(record, entriesFor(record, reviewer));
  return record.signOff.items === undefined ? content : { ...content, reviewer };
}
