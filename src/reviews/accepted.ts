import type { Accepted, Finding } from "../domain/review.ts";
import { itemsOf, type ReviewRecord, stateOf } from "../domain/sign-off.ts";

/** What reviewers accepted: by the item, the findings that the item had, until when, and why. */
export type AcceptedItems = ReadonlyMap<string, Accepted & { readonly findings: ReadonlySet<string> }>;

/**
 * What signed reviews accept on `today` (YYYY-MM-DD): items that were kept with a reason and an end day that is not
 * over. `records` are the newest first. The newest signed review that has an item decides about it.
 */
export function acceptedItems(records: readonly ReviewRecord[], today: string): AcceptedItems {
  const accepted = new Map<string, Accepted & { readonly findings: ReadonlySet<string> }>();
  const decided = new Set<string>();
  for (const record of records) {
    const { isSigned, decisions } = stateOf(record);
    if (!isSigned) continue;
    for (const { id, findings } of itemsOf(record.review)) {
      const decision = decisions.get(id);
      if (!decision || decided.has(id)) continue;
      decided.add(id);
      const { until, note, by } = decision;
      if (decision.decision !== "keep" || until === null || until < today) continue;
      accepted.set(id, {
        until,
        reason: note ?? "",
        by,
        reviewId: record.signOff.reviewId,
        findings: new Set(findings.map((each) => each.id)),
      });
    }
  }
  return accepted;
}

/** Marks findings about a person that are accepted in each of their workspaces. The first end day counts. */
export function markAccepted(findings: readonly Finding[], items: AcceptedItems): readonly Finding[] {
  if (items.size === 0) return findings;
  return findings.map((finding) => {
    const { person, places, id } = finding;
    if (person === null) return finding;
    const found = places.map(({ idOrganization }) => items.get(`${person.idMember}.${idOrganization}`));
    const first = found.flatMap((item) => item ?? []).toSorted((a, b) => (a.until < b.until ? -1 : 1))[0];
    const isWhole = found.length > 0 && found.every((item) => item?.findings.has(id));
    if (!first || !isWhole) return finding;
    const { findings: _own, ...accepted } = first;
    const line = `Accepted until ${accepted.until} by ${accepted.by}: ${accepted.reason} (review ${accepted.reviewId}).`;
    return { ...finding, evidence: [...finding.evidence, line], accepted };
  });
}
