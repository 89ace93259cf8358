import { type ItemDecision, itemsOf, type ReviewRecord, signedContent, stateOf } from "../domain/sign-off.ts";
import { listNames, plural } from "../domain/text.ts";
import { markdownText, table } from "./markdown.ts";
import { KIND_WORDS, LETTER_WORDS, subjectText } from "./review.ts";
import { timeText } from "./words.ts";

/** The package of a review that every reviewer has signed, for an auditor. */
export const PACKAGE_FORMS = [
  { ending: "md", mimeType: "text/markdown", write: packageMarkdown },
  { ending: "json", mimeType: "application/json", write: packageJson },
] as const;

const HASHED =
  "The hash of each sign-off is the SHA-256 of `signed` as JSON with sorted keys and without spaces. The record review.signed of the audit log has the same hash.";

/** What was signed, word for word, and the sign-offs. */
function packageJson(record: ReviewRecord): string {
  const { signed } = stateOf(record);
  return `${JSON.stringify({ about: HASHED, signOffs: signed, signed: signedContent(record) }, null, 2)}\n`;
}

function packageMarkdown(record: ReviewRecord): string {
  const { signOff, review } = record;
  const { decisions, signed } = stateOf(record);
  const cells = (row: readonly string[]) => row.map(markdownText);
  return [
    `# ${markdownText(signOff.name)}`,
    [
      `Period: ${signOff.period ?? "not given"}`,
      `List made: ${timeText(review.at)}, review ${review.id}`,
      `Asked for by: ${signOff.principal.name}, through ${signOff.principal.client}`,
    ]
      .map((line) => `- ${markdownText(line)}`)
      .join("\n"),
    "## Sign-offs",
    table(
      ["Reviewer", "Signed by", "When", "SHA-256"],
      signed.map(({ reviewer, by, at, hash }) => cells([reviewer, by, timeText(at), hash])),
    ),
    markdownText(HASHED),
    "## Access as it was, and each decision",
    table(
      ["Person", "Workspace", "Access", "Findings", "Decision", "Note", "By", "When"],
      itemsOf(review).map(({ id, person, workspace, letter, boards, findings }) => {
        const decided = decisions.get(id);
        return cells([
          `${person.name}${person.email === null ? "" : `, ${person.email}`}`,
          workspace.name,
          `${letter === null ? "Guest of boards" : LETTER_WORDS[letter]}${
            boards.length === 0
              ? ""
              : `; ${listNames(
                  boards.map(({ name }) => name),
                  100,
                )}`
          }`,
          findings.map(({ kind, confidence }) => `${KIND_WORDS[kind]} (${confidence})`).join("; "),
          decided?.decision ?? "undecided",
          decided ? noteText(decided) : "",
          decided?.by ?? "",
          decided ? timeText(decided.at) : "",
        ]);
      }),
    ),
    `## ${plural(review.findings.length, "finding")}`,
    ...(review.findings.length === 0
      ? []
      : [
          table(
            ["Finding", "Who or what", "Certainty", "Evidence"],
            review.findings.map((finding) =>
              cells([
                KIND_WORDS[finding.kind],
                subjectText(finding),
                finding.confidence,
                finding.evidence.join(" "),
              ]),
            ),
          ),
        ]),
    "## What was read",
    review.coverage.map((line) => `- ${markdownText(line)}`).join("\n"),
    "## What this does not show",
    "- Changes made after the sign-off. The evidence of their runs shows them; a new review shows the list afterwards.",
  ]
    .join("\n\n")
    .concat("\n");
}

function noteText({ note, until }: ItemDecision): string {
  return `${note ?? ""}${until === null ? "" : ` (accepted until ${until})`}`;
}
