import {
  closedContent,
  type ItemDecision,
  itemsOf,
  type ReviewRecord,
  signedContent,
  stateOf,
} from "../domain/sign-off.ts";
import { plural } from "../domain/text.ts";
import { markdownText, table } from "./markdown.ts";
import { KIND_WORDS } from "./review.ts";
import { accessText, afterwardsMarkdown, findingsTable, leftAfter } from "./review-afterwards.ts";
import { timeText } from "./words.ts";

/** The final files of a review that every reviewer has signed, for an auditor. */
export const PACKAGE_FORMS = [
  { ending: "md", mimeType: "text/markdown", write: packageMarkdown },
  { ending: "json", mimeType: "application/json", write: packageJson },
] as const;

const HASHED =
  "The hash of each sign-off is the SHA-256 of `signed` as JSON with sorted keys and without spaces. The record review.signed of the audit log has the same hash.";
const SHARED =
  "In this review, each reviewer decides about separate items (`signed.signOff.items`). The reviewer signs a copy of `signed` with one more field, `reviewer`, and with only the decisions about these items. Entries that then have no decision are left out.";
const CLOSED =
  "The hash of the closed package is that of an object with `signed`, `signOffs` and `afterwards`, written in the same way. The record review.checked of the audit log has the same hash.";

/**
 * The JSON file of the package. It contains the signed content exactly as it was hashed, and the signatures. If the
 * people were read again after the changes of the review, it also contains the changes and the new list of people.
 */
function packageJson(record: ReviewRecord): string {
  const { signed: signOffs, checked } = stateOf(record);
  const hashed = record.signOff.items === undefined ? HASHED : `${HASHED} ${SHARED}`;
  const whole =
    checked === null || record.after === null
      ? { about: hashed, signOffs, signed: signedContent(record, record.entries) }
      : {
          about: `${hashed} ${CLOSED}`,
          ...closedContent(record, checked, record.after),
          closed: { at: checked.at, by: checked.by, client: checked.client, hash: checked.hash },
        };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function packageMarkdown(record: ReviewRecord): string {
  const { signOff, review } = record;
  const state = stateOf(record);
  const { decisions, signed } = state;
  const cells = (row: readonly string[]) => row.map(markdownText);
  return [
    `# ${markdownText(signOff.name)}`,
    [
      `Period: ${signOff.period ?? "not given"}`,
      ...(signOff.due === undefined ? [] : [`Due: ${signOff.due}`]),
      ...(signOff.items === undefined ? [] : ["Each reviewer decided only about the items assigned to them"]),
      `List made: ${timeText(review.at)}, review ${review.id}`,
      `Asked for by: ${signOff.principal.name}, through ${signOff.principal.client}`,
    ]
      .map((line) => `- ${markdownText(line)}`)
      .join("\n"),
    ...inShort(record),
    "## Sign-offs",
    table(
      ["Reviewer", "Signed by", "When", "SHA-256"],
      signed.map(({ reviewer, by, at, hash }) => cells([reviewer, by, timeText(at), hash])),
    ),
    hashesText(state.checked === null ? HASHED : `${HASHED} ${CLOSED}`),
    "## Access as it was, and each decision",
    table(
      ["Person", "Workspace", "Access", "Findings", "Decision", "Note", "By", "When"],
      itemsOf(review).map((item) => {
        const { id, person, workspace, findings } = item;
        const decided = decisions.get(id);
        return cells([
          `${person.name}${person.email === null ? "" : `, ${person.email}`}`,
          workspace.name,
          accessText(item),
          findings.map(({ kind, confidence }) => `${KIND_WORDS[kind]} (${confidence})`).join("; "),
          decided?.decision ?? "undecided",
          decided ? noteText(decided) : "",
          decided?.by ?? "",
          decided ? timeText(decided.at) : "",
        ]);
      }),
    ),
    `## ${plural(review.findings.length, "finding")}`,
    ...findingsTable(review.findings),
    "## What was read",
    review.coverage.map((line) => `- ${markdownText(line)}`).join("\n"),
    ...afterwardsMarkdown(record),
  ]
    .join("\n\n")
    .concat("\n");
}

/** What an auditor looks for first: what was decided, whether all of it was signed, and whether it was done. */
function inShort(record: ReviewRecord): readonly string[] {
  const { signOff, review } = record;
  const { decisions, missing, checked } = stateOf(record);
  const items = itemsOf(review);
  const of = (decision: ItemDecision["decision"]) =>
    items.filter(({ id }) => decisions.get(id)?.decision === decision).length;
  const open = items.filter(({ id }) => !decisions.has(id)).length;
  const kept = items.filter(
    ({ id, findings }) => findings.length > 0 && decisions.get(id)?.decision === "keep",
  );
  const explained = kept.filter(({ id }) => decisions.get(id)?.note || decisions.get(id)?.until);
  const lines = [
    `${plural(items.length, "person in a workspace", "people in workspaces")}: ${of("keep")} keep, ${of("change")} change, ${of("remove")} remove, ${open} undecided`,
    `Kept although there is a finding: ${kept.length}, of which ${explained.length} with a note or an end date`,
    `Signed by ${signOff.reviewers.length - missing.length} of ${plural(signOff.reviewers.length, "reviewer")}`,
    checked === null || record.after === null
      ? "Not shown here: what was done after the sign-off"
      : `Done afterwards: ${doneText(checked.runs)}; decided and not done: ${leftAfter(record, record.after).length}`,
  ];
  return ["## In short", lines.map((line) => `- ${markdownText(line)}`).join("\n")];
}

function doneText(runs: readonly { readonly result: string | null }[]): string {
  if (runs.length === 0) return "nothing was removed";
  return `${plural(runs.length, "run")}, evidence ${runs.map(({ result }) => result ?? "not made").join(", ")}`;
}

/** The text that explains the hashes. Names of fields stand between backticks and are shown as code. */
function hashesText(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : markdownText(part)))
    .join("");
}

function noteText({ note, until }: ItemDecision): string {
  return `${note ?? ""}${until === null ? "" : ` (accepted until ${until})`}`;
}
