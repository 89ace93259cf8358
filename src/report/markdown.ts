import type { EvidenceRecord, EvidenceReport, RecordedEffect } from "./record.ts";
import { cardItem, type StateItem, stateItems } from "./states.ts";
import {
  type Fact,
  factsOf,
  listsOf,
  meaningText,
  outcomeOf,
  openLists,
  type TitledList,
  timeText,
} from "./words.ts";

/** Evidence as Markdown for a ticket. Upstream text cannot become markup, a link or a new line. */
export function evidenceMarkdown(report: EvidenceReport): string {
  const { title, result, runs } = report;
  const several = runs.length > 1;
  return [
    `# ${markdownText(title)}`,
    `**Evidence: ${result}**`,
    meaningText(report),
    ...(several ? [overview(runs)] : []),
    ...runs.flatMap((run) => [...(several ? [`## ${markdownText(run.summary)}`] : []), ...runBlocks(run)]),
  ]
    .join("\n\n")
    .concat("\n");
}

function overview(runs: readonly EvidenceRecord[]): string {
  return table(
    ["Evidence", "Asked for", "Changes", "Run"],
    runs.map((run) => [run.result, markdownText(run.summary), String(run.effects.length), code(run.runId)]),
  );
}

function runBlocks(run: EvidenceRecord): readonly string[] {
  return [
    ...openLists(run).flatMap(list),
    factsOf(run).map(factLine).join("\n"),
    ...listsOf(run).flatMap(list),
    ...(run.effects.length === 0 ? [] : ["### Changes", changes(run)]),
  ];
}

function list({ title, lines }: TitledList): readonly string[] {
  return [`### ${title}`, lines.map((line) => `- ${markdownText(line)}`).join("\n")];
}

function changes({ effects, names }: EvidenceRecord): string {
  return table(
    ["#", "Change", "Before", "After", "Outcome", "Sent", "Settled"],
    effects.map((effect, index) => [
      String(index + 1),
      `${markdownText(effect.description)} (${markdownText(effect.id)})${
        effect.card === null ? "" : `; ${item(cardItem(effect.card, names))}`
      }`,
      state(effect.before, names),
      state(effect.after, names),
      outcomeOf(effect).map(markdownText).join("; "),
      effect.sentAt === null ? "" : timeText(effect.sentAt),
      effect.settledAt === null ? "" : timeText(effect.settledAt),
    ]),
  );
}

function factLine({ name, text, code: exact }: Fact): string {
  return `- ${name}: ${exact ? code(text) : markdownText(text)}`;
}

function state(value: RecordedEffect["before"], names: EvidenceRecord["names"]): string {
  return stateItems(value, names).map(item).join("; ");
}

function item({ text, ids, link }: StateItem): string {
  const shown = link === undefined ? markdownText(text) : `[${markdownText(text)}](${link})`;
  return ids.length === 0 ? shown : `${shown} (${ids.map(markdownText).join(", ")})`;
}

/** A table whose cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// This program makes the ids, but a store can be edited. So characters that would end the code span are left out.
function code(id: string): string {
  return `\`${id.replace(/[`|\s]+/g, " ")}\``;
}

/** Text that cannot become markup, a link or a new line. */
export function markdownText(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .replace(/[\\`*_[\]<>#|~!&]/g, "\\$&")
      // Most ticket systems turn plain addresses into links.
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/\bwww(?=\.)/gi, "$&\\")
      // At the start of a line these characters make a list or a heading.
      .replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
  );
}
