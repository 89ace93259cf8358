import type { Finding } from "../domain/review.ts";
import { accessOf, finding, type ReviewWorld } from "./finding.ts";
import { groupBy } from "./match.ts";

/** Findings about people who may have two Trello accounts. */
export function duplicateFindings({ people }: ReviewWorld): readonly Finding[] {
  const owners = groupBy(people, ({ disputed, accountId }) => [
    ...disputed.map((email) => `email ${email}`),
    ...(accountId === null ? [] : [`Atlassian account ${accountId}`]),
  ]);
  const found = new Map<string, Finding>();
  for (const [key, several] of owners) {
    if (several.length < 2) continue;
    for (const person of several) {
      const others = several.filter((other) => other !== person).map(({ label }) => label);
      const evidence = [`Several accounts have the same ${key}: ${person.label} and ${others.join(", ")}.`];
      const places = accessOf(person);
      if (places.length > 0 && !found.has(person.idMember))
        found.set(person.idMember, finding("duplicate_identity", { person, places, evidence }));
    }
  }
  return [...found.values()];
}
