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

/** The evidence of a run as Markdown for a ticket. A name from Trello cannot become markup, a link or a new line. */
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

/** A table in Markdown. The texts of the cells are already Markdown, so they are not escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// Ids come from the store, which a person may have edited. An id is shown as code between backticks, so characters that
// could end the code are removed.
function code(id: string): string {
  return `\`${id.replace(/[`|\s]+/g, " ")}\``;
}

/** Escapes a text, so that it cannot become Markdown, a link or a new line. */
export function markdownText(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .replace(/[\\`*_[\]<>#|~!&]/g, "\\$&")
      // Many ticket systems turn a URL in a text into a link. The colon is escaped to prevent this.
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/\bwww(?=\.)/gi, "$&\\")
      // At the start of a line, these characters would begin a list or a heading, so they are escaped.
      .replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
  );
}
