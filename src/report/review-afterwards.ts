import type { Review } from "../domain/review.ts";
import { itemsOf, type ReviewItem, type ReviewRecord, stateOf } from "../domain/sign-off.ts";
import { listNames, plural } from "../domain/text.ts";
import { markdownText, table } from "./markdown.ts";
import { KIND_WORDS, LETTER_WORDS, subjectText } from "./review.ts";
import { timeText } from "./words.ts";

const cells = (row: readonly string[]) => row.map(markdownText);

/** The access of a person in a workspace, in words. */
export function accessText({ letter, boards }: ReviewItem): string {
  const names = boards.map(({ name }) => name);
  return `${letter === null ? "Guest of boards" : LETTER_WORDS[letter]}${names.length === 0 ? "" : `; ${listNames(names, 100)}`}`;
}

/** A table of the findings with their evidence. No table if there are no findings. */
export function findingsTable(findings: Review["findings"]): readonly string[] {
  if (findings.length === 0) return [];
  return [
    table(
      ["Finding", "Who or what", "Certainty", "Evidence"],
      findings.map((finding) =>
        cells([
          KIND_WORDS[finding.kind],
          subjectText(finding),
          finding.confidence,
          finding.evidence.join(" "),
        ]),
      ),
    ),
  ];
}

/**
 * The last part of the package (the file of a signed review). It shows what was changed after the reviewers signed,
 * whether a second reading found these changes, and the new list of people.
 */
export function afterwardsMarkdown(record: ReviewRecord): readonly string[] {
  const { checked } = stateOf(record);
  if (checked === null || record.after === null) {
    return [
      "## What this does not show",
      "- What was done after the sign-off. Call get_review with `afterwards`: this tool reads the list of people again and adds the result here.",
    ];
  }
  return [
    "## What was changed afterwards",
    ...(checked.runs.length === 0
      ? ["Nothing was removed by a run of remediate_review."]
      : runTables(checked.runs)),
    "## The list afterwards",
    [
      `Read again: ${timeText(record.after.at)}, review ${record.after.id}`,
      `Asked for by: ${checked.by}, through ${checked.client}`,
      `SHA-256 of the closed package: ${checked.hash}`,
    ]
      .map((line) => `- ${markdownText(line)}`)
      .join("\n"),
    table(
      ["Person", "Workspace", "Access", "Decision", "Compared with the list before"],
      rows(record, record.after),
    ),
    ...leftLines(record, record.after),
    `## ${plural(record.after.findings.length, "finding")} afterwards`,
    ...findingsTable(record.after.findings),
    record.after.coverage.map((line) => `- ${markdownText(line)}`).join("\n"),
  ];
}

type Checked = NonNullable<ReturnType<typeof stateOf>["checked"]>;

function runTables(runs: Checked["runs"]): readonly string[] {
  return runs.flatMap(({ id, summary, result, decidedBy, endedAt, changes, unfinished }) => [
    `### ${markdownText(summary)}`,
    [
      `Run: ${id}, evidence ${result ?? "not made"}`,
      `Decided by: ${decidedBy ?? "no one had to be asked"}`,
      `Ended: ${endedAt === null ? "not yet" : timeText(endedAt)}`,
      ...unfinished.map((line) => `Not done: ${line}`),
    ]
      .map((line) => `- ${markdownText(line)}`)
      .join("\n"),
    table(
      ["Change", "State", "Read again"],
      changes.map(({ what, state, confirmed }) =>
        cells([what, state, confirmed === null ? "not read again" : confirmed ? "holds" : "does not hold"]),
      ),
    ),
  ]);
}

/**
 * A row for each person of the old and the new list: first the people of the new list, then the people who are only in
 * the old list.
 */
function rows(record: ReviewRecord, after: Review): readonly (readonly string[])[] {
  const { decisions } = stateOf(record);
  const before = new Map(itemsOf(record.review).map((item) => [item.id, item]));
  const now = itemsOf(after);
  const there = new Set(now.map(({ id }) => id));
  const gone = [...before.values()].filter(({ id }) => !there.has(id));
  const row = (item: ReviewItem, access: string, compared: string) =>
    cells([
      item.person.name,
      item.workspace.name,
      access,
      decisions.get(item.id)?.decision ?? (before.has(item.id) ? "undecided" : "not in the list before"),
      compared,
    ]);
  return [
    ...now.map((item) => {
      const access = accessText(item);
      const was = before.get(item.id);
      const compared =
        was === undefined ? "new" : accessText(was) === access ? "the same" : `was: ${accessText(was)}`;
      return row(item, access, compared);
    }),
    ...gone.map((item) => row(item, "none", `was: ${accessText(item)}`)),
  ];
}

/** Decisions of the reviewers that the new list does not show as done, as sentences. */
export function leftAfter(record: ReviewRecord, after: Review): readonly string[] {
  const { decisions } = stateOf(record);
  const there = new Map(itemsOf(after).map((item) => [item.id, item]));
  return itemsOf(record.review).flatMap((item) => {
    const decision = decisions.get(item.id)?.decision;
    const now = there.get(item.id);
    if (now === undefined) return [];
    const who = `${item.person.name}, ${item.workspace.name}`;
    if (decision === "remove")
      return [`${who}: the decision was to remove this person, but the person still has access.`];
    const isSame = accessText(now) === accessText(item);
    return decision === "change" && isSame
      ? [`${who}: the decision was to change the access, but the access is still the same.`]
      : [];
  });
}

function leftLines(record: ReviewRecord, after: Review): readonly string[] {
  const lines = leftAfter(record, after);
  return [
    "## Decided and not done",
    lines.length === 0 ? "Nothing is left." : lines.map((line) => `- ${markdownText(line)}`).join("\n"),
  ];
}
