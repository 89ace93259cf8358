import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { thePerson } from "../people/find.ts";
import { labelOf, peopleOf, type Person } from "../people/person.ts";
import type { Rung } from "./ladder.ts";
import { type Elsewhere, leaverElsewhere } from "./leaver-elsewhere.ts";
import type { Missed, NameList } from "./leaver-list.ts";

/** Somebody who is to lose access. */
export interface Leaver {
  /** For people, cleaned: `Jane Doe (@jane)`; somebody of whom only an email is known goes by that. */
  readonly label: string;
  /** null where no Trello member is proven to be meant. */
  readonly person: Person | null;
  /** The email that was given for them, in lower case; null where they were given otherwise. */
  readonly email: string | null;
  /** The person in each workspace that has them, as member or guest; none where they are known otherwise only. */
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
}

/**
 * Finds everybody of a list, each once however often they are named. Of a single person every error is thrown; of
 * several, who is not certain is missed and named, and the rest go on.
 */
export async function findLeavers(
  list: NameList,
  rung: Rung,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<{ readonly found: readonly Leaver[]; readonly missed: readonly Missed[] }> {
  const found = new Map<string, Leaver>();
  const missed: Missed[] = [];
  const candidates: unknown[] = [];
  const alone = list.names.length === 1 && list.unreadable.length === 0;
  for (const query of list.names) {
    try {
      const leaver = await findLeaver(query, rung, snapshots, context);
      found.set(leaver.person?.idMember ?? leaver.label, leaver);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || (thrown.code !== "NOT_FOUND" && thrown.code !== "AMBIGUOUS"))
        throw thrown;
      if (alone) throw thrown;
      const why = thrown.code === "AMBIGUOUS" ? "not certain who is meant" : "not found";
      missed.push({ query: clean(query, 80), why });
      if (Array.isArray(thrown.details["candidates"])) candidates.push(...thrown.details["candidates"]);
    }
  }
  const all = [...missed, ...list.unreadable];
  if (found.size > 0) return { found: [...found.values()], missed: all };
  throw new AppError("NOT_FOUND", `Nobody of the list was found for certain: ${named(all)}.`, {
    next: "Look each up with find_member, and give ids or usernames.",
    details: {
      missed: all.slice(0, 20),
      ...(candidates.length > 0 && { candidates: candidates.slice(0, 20) }),
    },
  });
}

/** The first of those about whom nothing can be done, each with the reason, in one line. */
export function named(missed: readonly Missed[]): string {
  const shown = missed.slice(0, 5).map(({ query, why }) => `${query}: ${why}`);
  return missed.length > shown.length
    ? `${shown.join("; ")}; and ${missed.length - shown.length} more`
    : shown.join("; ");
}

async function findLeaver(
  query: string,
  rung: Rung,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Leaver> {
  const email = query.includes("@", 1) ? query.toLowerCase() : null;
  const known = await thePerson(query, snapshots, context).catch(async (thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    const elsewhere = await leaverElsewhere(query, rung, context);
    if (elsewhere) return elsewhere;
    throw thrown;
  });
  return isElsewhere(known)
    ? { ...known, email, places: [] }
    : {
        label: labelOf(known.member, known.idMember),
        person: known,
        email,
        places: placesOf(known, snapshots),
      };
}

function isElsewhere(known: Person | Elsewhere): known is Elsewhere {
  return "label" in known;
}

/** Where the person is; under the name that one place told, since a guest has none in the others. */
function placesOf({ idMember, member }: Person, snapshots: readonly WorkspaceSnapshot[]): Leaver["places"] {
  return snapshots.flatMap((snapshot) => {
    const person = peopleOf(snapshot).find((candidate) => candidate.idMember === idMember);
    return person ? [{ snapshot, person: { ...person, member: person.member ?? member } }] : [];
  });
}
