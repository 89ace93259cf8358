import type { Accepted, Finding } from "../domain/review.ts";
import { itemsOf, type ReviewRecord, stateOf } from "../domain/sign-off.ts";

/**
 * What reviewers accepted, by the id of a review item (one person in one workspace). Each entry has the findings at the
 * time of that review, the last day of the acceptance, and the reason.
 */
export type AcceptedItems = ReadonlyMap<string, Accepted & { readonly findings: ReadonlySet<string> }>;

/**
 * The findings that signed reviews accept on `today` (YYYY-MM-DD). A reviewer accepts the findings of an item by
 * deciding that the person keeps the access until a stated day. If several signed reviews contain an item, the newest
 * review decides, so `records` must begin with the newest.
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

/**
 * Marks a finding as accepted if it is accepted in all workspaces of the person. If the end days differ, the earliest
 * day counts.
 */
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
