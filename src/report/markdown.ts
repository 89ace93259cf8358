import type { EvidenceRecord, EvidenceReport, RecordedEffect } from "./record.ts";
import {
  type Fact,
  factsOf,
  listsOf,
  meaning,
  outcomeOf,
  remainingOf,
  stateLines,
  type TitledList,
  when,
} from "./words.ts";

/** Evidence as Markdown, to be read in a ticket; nothing from upstream can become markup, a link or a line of its own. */
export function evidenceMarkdown(report: EvidenceReport): string {
  const { title, result, runs } = report;
  const several = runs.length > 1;
  return [
    `# ${escape(title)}`,
    `**Evidence: ${result}**`,
    meaning(report),
    ...(several ? [overview(runs)] : []),
    ...runs.flatMap((run) => [...(several ? [`## ${escape(run.summary)}`] : []), ...runBlocks(run)]),
  ]
    .join("\n\n")
    .concat("\n");
}

function overview(runs: readonly EvidenceRecord[]): string {
  return table(
    ["Evidence", "Asked for", "Changes", "Run"],
    runs.map((run) => [run.result, escape(run.summary), String(run.effects.length), code(run.runId)]),
  );
}

function runBlocks(run: EvidenceRecord): readonly string[] {
  return [
    ...remainingOf(run).flatMap(list),
    factsOf(run).map(factLine).join("\n"),
    ...listsOf(run).flatMap(list),
    ...(run.effects.length === 0 ? [] : ["### Changes", changes(run.effects)]),
  ];
}

function list({ title, lines }: TitledList): readonly string[] {
  return [`### ${title}`, lines.map((line) => `- ${escape(line)}`).join("\n")];
}

function changes(effects: readonly RecordedEffect[]): string {
  return table(
    ["#", "Change", "Before", "After", "Outcome", "Sent", "Settled"],
    effects.map((effect, index) => [
      String(index + 1),
      `${escape(effect.description)} (${escape(effect.id)})`,
      state(effect.before),
      state(effect.after),
      outcomeOf(effect).map(escape).join("; "),
      effect.sentAt === null ? "" : when(effect.sentAt),
      effect.settledAt === null ? "" : when(effect.settledAt),
    ]),
  );
}

function factLine({ name, text, code: exact }: Fact): string {
  return `- ${name}: ${exact ? code(text) : escape(text)}`;
}

function state(value: RecordedEffect["before"]): string {
  return stateLines(value).map(escape).join("; ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// Ids are our own, but a store can be edited: what would end the code span is left out.
function code(id: string): string {
  return `\`${id.replace(/[`|\s]+/g, " ")}\``;
}

function escape(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .replace(/[\\`*_[\]<>#|~!&]/g, "\\$&")
      // Plain addresses become links by themselves in most trackers.
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/\bwww(?=\.)/gi, "$&\\")
      // A list within the list, or a heading underlined.
      .replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
  );
}
