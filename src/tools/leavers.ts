import { AppError } from "../domain/error.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { PlanContext } from "../engine/engine.ts";
import { thePerson } from "./find-people.ts";
import { type Person, peopleOf } from "./people.ts";
import { readCsv } from "./roster-csv.ts";

/** Somebody who is to lose access: where they were seen, or only as the email that was given. */
export interface Leaver {
  readonly query: string;
  /** null for somebody who is in none of the workspaces. */
  readonly person: Person | null;
  /** The person in each workspace that has them, as member or guest. */
  readonly places: readonly { readonly snapshot: WorkspaceSnapshot; readonly person: Person }[];
}

/** Somebody of a list who was not found for certain, and why. Named in the plan, because nothing is done about them. */
export interface Missed {
  readonly query: string;
  readonly why: string;
}

export interface NameList {
  readonly names: readonly string[];
  /** Lines of a CSV that cannot be read. */
  readonly unreadable: readonly Missed[];
}

/** Names, ids or emails of a pasted list: lines, commas or semicolons apart; or the email column of a CSV. */
export function readList(text: string | readonly string[]): NameList {
  if (typeof text !== "string")
    return { names: [...new Set(text.map((name) => name.trim()).filter(Boolean))], unreadable: [] };
  const [first = ""] = text.trimStart().split(/\r\n|\r|\n/);
  if (/(^|[,;\t"\uFEFF])\s*email\s*($|[,;\t"])/i.test(first)) {
    const { invitees, problems } = readCsv(text);
    return {
      names: invitees.map(({ email }) => email),
      unreadable: problems.map(({ line, text: row, why }) => ({ query: `line ${line} (${row})`, why })),
    };
  }
  const names = text.split(/[\r\n,;]+/).map((name) => (/<([^<>]+)>/.exec(name)?.[1] ?? name).trim());
  return { names: [...new Set(names.filter(Boolean))], unreadable: [] };
}

/**
 * Finds everybody of a list. Of a single person every error is thrown; of several, who is not certain is missed and
 * named, and the rest go on. `elsewhere` says whether somebody in no workspace counts as found all the same.
 */
export async function findLeavers(
  queries: readonly string[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
  elsewhere: (query: string) => Promise<boolean>,
): Promise<{ readonly found: readonly Leaver[]; readonly missed: readonly Missed[] }> {
  const found = new Map<string, Leaver>();
  const missed: Missed[] = [];
  for (const query of queries) {
    try {
      const person = await thePerson(query, snapshots, context);
      found.set(person.idMember, { query, person, places: placesOf(person, snapshots) });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || (thrown.code !== "NOT_FOUND" && thrown.code !== "AMBIGUOUS"))
        throw thrown;
      if (thrown.code === "NOT_FOUND" && (await elsewhere(query)))
        found.set(query, { query, person: null, places: [] });
      else if (queries.length === 1) throw thrown;
      else
        missed.push({
          query: clean(query, 80),
          why: thrown.code === "AMBIGUOUS" ? "not certain who is meant" : "not found",
        });
    }
  }
  if (found.size > 0) return { found: [...found.values()], missed };
  throw new AppError("NOT_FOUND", "Nobody of the list was found for certain.", {
    next: "Look each up with find_member, and give ids or usernames.",
    details: { missed: missed.slice(0, 20) },
  });
}

/** Where the person is; under the name that one place told, since a guest has none in the others. */
function placesOf({ idMember, member }: Person, snapshots: readonly WorkspaceSnapshot[]): Leaver["places"] {
  return snapshots.flatMap((snapshot) => {
    const person = peopleOf(snapshot).find((candidate) => candidate.idMember === idMember);
    return person ? [{ snapshot, person: { ...person, member: person.member ?? member } }] : [];
  });
}
