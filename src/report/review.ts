import type { AccessLetter, Finding, Review } from "../domain/review.ts";
import { plural } from "../domain/text.ts";
import { markdownText, table } from "./markdown.ts";
import { timeText } from "./words.ts";

export const LETTER_WORDS: Readonly<Record<AccessLetter, string>> = {
  A: "Admin",
  M: "Member",
  O: "Observer, reads only",
  G: "Guest, not in the workspace",
  I: "Invited, not joined yet",
  D: "Deactivated",
};

/** Each kind of finding in words. */
export const KIND_WORDS: Readonly<Record<Finding["kind"], string>> = {
  leaver_with_access: "Left, but still has access",
  deactivated_with_access: "Account is inactive, but the person still has access",
  not_in_roster: "On no roster",
  role_above_roster: "Has a higher role than the roster says",
  team_board_mismatch: "Boards do not fit the team",
  duplicate_identity: "May have two Trello accounts",
  external_domain: "Email of another domain",
  dormant: "Not active for a long time",
  stale_invitation: "Old invitation",
  ghost: "Invited, not joined",
  guest_on_several_boards: "Guest who costs a seat",
  too_many_admins: "Many admins",
  single_admin: "Only one admin",
  member_could_be_guest: "Member on one board only",
};

/** The person, workspace or board that a finding is about. */
export function subjectText({ person, places }: Finding): string {
  return person?.label ?? places.map(({ name }) => name).join(", ");
}

/** A review as Markdown for a ticket: the findings, the most urgent first, and then what was read. */
export function reviewMarkdown(review: Review): string {
  const { id, at, findings, coverage, access } = review;
  return [
    `# Access review of ${timeText(at)}`,
    `${plural(findings.length, "finding")}; ${plural(access.people.length, "person", "people")} in ${plural(access.workspaces.length, "workspace")}. Review \`${id}\`.`,
    ...(findings.length === 0
      ? []
      : [
          "## Findings",
          table(
            ["Finding", "Who or what", "Certainty", "Evidence", "Id"],
            findings.map((finding) =>
              [
                KIND_WORDS[finding.kind],
                subjectText(finding),
                finding.confidence,
                finding.evidence.join(" "),
                finding.id,
              ].map(markdownText),
            ),
          ),
        ]),
    "## What was read",
    coverage.map((line) => `- ${markdownText(line)}`).join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}

/**
 * The access list as CSV: a row for each person, a column for each workspace and board. No cell can act as a formula.
 */
export function reviewCsv({ access, findings }: Review): string {
  const places = access.workspaces.flatMap(({ id, name, boards }) => [
    { id, title: name },
    ...boards.map((board) => ({ id: board.id, title: `${name} / ${board.name}` })),
  ]);
  const found = new Map<string, string[]>();
  for (const { person, kind } of findings)
    if (person) found.set(person.idMember, [...(found.get(person.idMember) ?? []), kind]);
  const head = [
    "id",
    "name",
    "username",
    "email",
    "last active",
    "findings",
    ...places.map(({ title }) => title),
  ];
  const rows = access.people.map(({ idMember, name, username, email, lastActive, letters }) => [
    idMember,
    name,
    username ?? "",
    email ?? "",
    lastActive?.slice(0, 10) ?? "",
    (found.get(idMember) ?? []).join(" "),
    ...places.map(({ id }) => {
      const letter = letters[id];
      return letter === undefined ? "" : LETTER_WORDS[letter];
    }),
  ]);
  return [head, ...rows]
    .map((cells) => cells.map(csvCell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

/**
 * A cell of a CSV file, in quotes. If a spreadsheet would run the text as a formula, an apostrophe is put before it.
 */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
