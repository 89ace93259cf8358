import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, folded, listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findPeople } from "../../people/candidates.ts";
import { labelOf, type Person } from "../../people/person.ts";
import { mayBeHeader } from "./invitees.ts";
import type { ListedPerson, PeopleList } from "./roster.ts";

/** An entry of a list that cannot be used, and the reason. */
export interface NotFound {
  readonly query: string;
  readonly why: string;
}

export interface FoundPeople<Found> {
  readonly found: readonly Found[];
  readonly missed: readonly NotFound[];
}

/** A message names at most 3 candidates for one entry of a list. */
const NAMED = 3;

/**
 * Finds the people of a list. An entry that is not certain is left out. A message then names the entry, its candidates,
 * and the id or @username that the caller can use after a check. If the list has only one entry, the error of that
 * entry is thrown. If no entry is certain, throws NOT_FOUND.
 */
export async function findListed<Found extends { readonly person: Person | null }>(
  list: PeopleList,
  find: (query: string) => Promise<Found>,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<FoundPeople<Found>> {
  const found: Found[] = [];
  const missed: NotFound[] = [];
  const candidates: unknown[] = [];
  const acts = list.people.some(({ kind }) => kind !== "name");
  const head = acts ? list.people.find(({ heads, apart }) => heads && apart) : undefined;
  if (head) throw mayBeHeader(head);
  for (const listed of list.people) {
    try {
      if (listed.kind === "name") await refuseName(listed, acts, snapshots, context);
      const row = await find(queryOf(listed));
      assertSameName(listed, row.person);
      found.push(row);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || (thrown.code !== "NOT_FOUND" && thrown.code !== "AMBIGUOUS"))
        throw thrown;
      if (list.people.length === 1 && list.problems.length === 0) throw thrown;
      const perhaps = candidatesOf(thrown);
      candidates.push(...perhaps);
      missed.push({ query: clean(queryOf(listed), 80), why: whyNot(thrown, perhaps) });
    }
  }
  if (found.length > 0) return { found, missed };
  const unread = list.problems.map(({ line, text, why }) => ({ query: `line ${line} (${text})`, why }));
  const all = [...missed, ...unread];
  throw new AppError("NOT_FOUND", `No one on the list was found for certain: ${missedText(all)}.`, {
    next: "Look each person up with find_member, then call again with ids or @usernames.",
    details: {
      missed: all.slice(0, 20),
      ...(candidates.length > 0 && { candidates: candidates.slice(0, 20) }),
    },
  });
}

/** One line with the first entries of the list that cannot be used, and the reason for each. */
function missedText(missed: readonly NotFound[]): string {
  return listNames(
    missed.map(({ query, why }) => `${query}: ${why}`),
    5,
    { separator: "; " },
  );
}

/** The text with which any tool call can name this entry, such as `@ada`. */
function queryOf({ kind, value }: Pick<ListedPerson, "kind" | "value">): string {
  return kind === "username" ? `@${value}` : value;
}

interface Candidate {
  readonly id: string;
  readonly name: string;
}

function candidatesOf(thrown: AppError): readonly Candidate[] {
  const given = thrown.details["candidates"];
  return Array.isArray(given) ? (given as readonly Candidate[]) : [];
}

function whyNot(thrown: AppError, candidates: readonly Candidate[]): string {
  if (thrown.code === "NOT_FOUND") return "not found";
  if (candidates.length === 0) return "it is not certain which person is meant";
  const names = listNames(
    candidates.map(({ name }) => name),
    NAMED,
  );
  const pass =
    candidates.length === 1
      ? (/@[\w.-]+(?=\)?$)/.exec(candidates[0]?.name ?? "")?.[0] ?? candidates[0]?.id)
      : null;
  return `it is not certain which person is meant. Candidates: ${names}. Check them, then pass ${pass ?? "the @username of the right one"}`;
}

/**
 * Refuses a name on a list, because a name never proves who is meant. Throws AMBIGUOUS with candidates, or NOT_FOUND.
 */
async function refuseName(
  listed: ListedPerson,
  acts: boolean,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<never> {
  const { value, fullName } = listed;
  const byValue = await findPeople(value, snapshots, context);
  const people = byValue.length > 0 || !fullName ? byValue : await findPeople(fullName, snapshots, context);
  if (people.length === 0) {
    if (acts && listed.heads) throw mayBeHeader(listed);
    throw new AppError("NOT_FOUND", `No person in these workspaces has the name ${clean(value, 80)}.`, {
      next: "Use find_member or list_workspace_members to find the person, then call again with the id.",
    });
  }
  throw new AppError("AMBIGUOUS", "A name on a list does not prove which person is meant.", {
    next: "Check the candidates with find_member, then call again with the @username or id of the right one.",
    details: {
      candidates: people.slice(0, 5).map(({ person, confidence, reason }) => ({
        id: person.idMember,
        name: labelOf(person.member, person.idMember),
        // The text of the list may be a person's name, even if another person has this text as username. So a candidate
        // with that username counts only as likely, not as certain.
        confidence: confidence === "certain" ? "likely" : confidence,
        reason,
      })),
    },
  });
}

/**
 * Checks that a username in a list is really a Trello username, because it may come from another system. Throws
 * AMBIGUOUS if the list gives a name and the Trello member with that username has another name.
 */
function assertSameName({ kind, fullName }: ListedPerson, person: Person | null): void {
  const member = person?.member;
  if (kind !== "username" || !fullName || !member || shareWord(fullName, member.fullName)) return;
  throw new AppError("AMBIGUOUS", "The username belongs to a member who has another name.", {
    next: "Check with find_member which person is meant, then call again with the id.",
    details: {
      candidates: [
        {
          id: member.id,
          name: labelOf(member, member.id),
          confidence: "possible",
          reason: `the list says ${clean(fullName)}`,
        },
      ],
    },
  });
}

function shareWord(one: string, other: string): boolean {
  const words = new Set(
    folded(one)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean),
  );
  return folded(other)
    .split(/[^\p{L}\p{N}]+/u)
    .some((word) => words.has(word));
}
