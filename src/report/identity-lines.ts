import type { Plan } from "../domain/plan.ts";
import { clean } from "../domain/text.ts";

/** At most 25 people are listed with their ids. Any other people are named only in the lines about changes. */
const MOST = 25;

/**
 * The people of a plan, one in each line: name, username, email if known, and id. Names are not enough, because people
 * choose them. A person found by full name only is marked, so that the reader checks it.
 */
export function identityLines({ subjects, effects }: Pick<Plan, "subjects" | "effects">): readonly string[] {
  const labels = new Map<string, string>();
  for (const { target, label } of effects) {
    for (const id of [target["idMember"], target["from"], target["scimId"]]) {
      if (id && label && !labels.has(id)) labels.set(id, label);
    }
  }
  const lines = new Map<string, string>();
  for (const { idMember, scimId, username, emails, identifiedBy, ...known } of subjects) {
    const id = idMember ?? scimId;
    if (id === undefined || lines.has(id)) continue;
    const email = known.email ?? emails?.[0];
    const name = labels.get(id) ?? (username ? `@${username}` : (email ?? ""));
    const mail = email && !name.includes(email) ? `, ${clean(email, 254)}` : "";
    const found = identifiedBy === "name" ? ", found by the full name alone" : "";
    lines.set(id, `${clean(name, 120)}${mail} [${id}]${found}`);
  }
  // If a plan undoes a run, a person who only gets something back is not in `subjects`. Such a person is named only in
  // the effects.
  for (const [id, label] of labels) if (!lines.has(id)) lines.set(id, `${clean(label, 120)} [${id}]`);
  const more = lines.size - MOST;
  return [...[...lines.values()].slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])];
}
