import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean, listNames } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { type Candidate, peopleNear } from "./candidates.ts";
import { provenEmail } from "./emails.ts";
import type { Person } from "./person.ts";
import { quotedLabelOf } from "./quoted.ts";
import { silentSources } from "./sources.ts";

// The errors if a text does not mean exactly one person. Each error says how the next call can name the person.

/** An error names at most 5 candidates. */
const NAMED = 5;

/** The error if several people may be meant, or if the only candidate is not certain. */
export function notCertain(candidates: readonly Candidate[]): AppError {
  const isOne = candidates.length === 1;
  const cut =
    candidates.length > NAMED ? ` The first ${NAMED} of ${candidates.length} candidates follow.` : "";
  return new AppError(
    "AMBIGUOUS",
    isOne
      ? "One candidate was found, but it is not certain that this person is meant."
      : `Several people may be meant.${cut}`,
    {
      next: isOne
        ? "If this candidate is the right person, call again with `member` set to that id or @username."
        : "Call again with `member` set to the id or @username of the right candidate.",
      details: { candidates: candidates.slice(0, NAMED).map(personCandidate) },
    },
  );
}

/** The error if exactly one person has the full name, but a name is not enough for this call. */
export async function nameNotEnough(
  { idMember }: Person,
  why: string,
  candidates: readonly Candidate[],
  context: PlanContext,
): Promise<AppError> {
  const found = candidates.filter(({ person }) => person.idMember === idMember);
  const [candidate] = found;
  const known = candidate && (await provenEmail(candidate.person, context));
  return new AppError("AMBIGUOUS", `Exactly one person has this name, but a name is not enough: ${why}.`, {
    next: `If this candidate is the right person, call again with \`member\` set to the @username, the id${known ? " or the email" : ""}.`,
    details: {
      candidates: found.map((each) => ({
        ...personCandidate(each),
        ...(known && { email: clean(known.email, 254) }),
      })),
    },
  });
}

/** A candidate in an error: name and id, why the person may be meant, and the workspaces. */
function personCandidate({ person, confidence, reason, where }: Candidate) {
  return {
    id: person.idMember,
    name: quotedLabelOf(person.member, person.idMember),
    confidence,
    reason,
    where: listNames(where, 3),
  };
}

/**
 * The error NOT_FOUND. It says what was searched and which names are similar, because "not found" does not prove that
 * the person does not exist.
 */
export async function notFound(
  query: string,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<AppError> {
  const near = (await peopleNear(query, snapshots, context)).slice(0, NAMED);
  const isEmail = query.includes("@", 1);
  const next = isEmail
    ? [
        ...silentSources(context.reads),
        "Trello hides emails, so a member may have that email although the search does not show it. Search with find_member, then call again with the member's id or username.",
      ].join(" ")
    : near.length > 0
      ? "If one of the candidates is meant, call again with `member` set to that id or @username."
      : "Use find_member or list_workspace_members to find the person, then call again with the id.";
  return new AppError(
    "NOT_FOUND",
    `No person has that id, username, email or name. ${searchedText(snapshots)}`,
    { next, ...(near.length > 0 && { details: { candidates: near.map(personCandidate) } }) },
  );
}

/** Which people were looked at. */
export function searchedText(snapshots: readonly WorkspaceSnapshot[]): string {
  const names = snapshots.map(({ workspace }) => clean(workspace.displayName, 60));
  return `Searched: members, deactivated ones too, and board guests of ${listNames(names, 5) || "no workspace"}.`;
}
