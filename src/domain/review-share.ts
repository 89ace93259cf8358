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

// Which part of a named review is one reviewer's. If the review assigns no items, each reviewer has all of it.

/** Whether the reviewer decides about the item. */
export function isItemOf({ items }: SignOff, reviewer: string, item: string): boolean {
  return items === undefined || items[reviewer]?.includes(item) === true;
}

/** The items of a reviewer, or all of them for a reader who is no reviewer. */
export function itemsFor(
  { signOff, review }: Pick<ReviewRecord, "signOff" | "review">,
  reviewer: string | null,
): readonly ReviewItem[] {
  const all = itemsOf(review);
  if (reviewer === null || signOff.items === undefined) return all;
  const own = new Set(signOff.items[reviewer]);
  return all.filter(({ id }) => own.has(id));
}

/** The proposals and decisions about a reviewer's items, in order. Entries about other items only are left out. */
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

/** Tells which items can no longer change, because one of their reviewers has signed. */
export function createFinal(record: ReviewSummary): (item: ItemDecision["item"]) => boolean {
  const { signed } = stateOf(record);
  const { items } = record.signOff;
  if (items === undefined) return () => signed.length > 0;
  const final = new Set(signed.flatMap(({ reviewer }) => items[reviewer] ?? []));
  return (item) => final.has(item);
}

/** What a reviewer signs. If the review assigns items, it has only the entries about the items of this reviewer. */
export function signedBy(record: ReviewRecord, reviewer: string) {
  const content = signedContent(record, entriesFor(record, reviewer));
  return record.signOff.items === undefined ? content : { ...content, reviewer };
}
