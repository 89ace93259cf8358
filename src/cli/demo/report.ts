import type { RunReport } from "./shapes.ts";

/** PASS only where every run did all of its work and reading everything again confirmed it. */
export function verdict(runs: readonly RunReport[]): "PASS" | "INCOMPLETE" {
  const passed = runs.every((run) => run.state === "applied" && run.evidence?.result === "PASS");
  return runs.length > 0 && passed ? "PASS" : "INCOMPLETE";
}

/** The evidence of some runs as Markdown, for an auditor: who asked, who decided, every effect, what is left. */
export function renderReport(title: string, runs: readonly RunReport[]): string {
  return [
    `# ${escape(title)}`,
    `**Evidence: ${verdict(runs)}**`,
    table(
      ["Run", "Asked for", "Effects", "Evidence"],
      runs.map((run) => [
        `\`${run.id}\``,
        escape(run.summary),
        String(run.effects.length),
        run.evidence?.result ?? "not yet",
      ]),
    ),
    ...runs.map(renderRun),
  ]
    .join("\n\n")
    .concat("\n");
}

function renderRun(run: RunReport): string {
  const { evidence } = run;
  const facts: readonly (readonly [string, string | null])[] = [
    ["State", run.state],
    ["Asked by", `${run.requestedBy} through ${run.client}, tool ${run.tool}`],
    ["Reason", run.reason],
    ["Ticket", run.ticket],
    ["Decided by", run.decidedBy && `${run.decidedBy} (${run.level ?? "?"}) at ${run.decidedAt ?? "?"}`],
    ["Plan digest (SHA-256)", run.digest],
    ["Started, ended", `${run.startedAt}, ${run.endedAt ?? "not yet"}`],
    ["Read again", evidence && `${evidence.checkedAt}; ${evidence.requests} upstream requests in all`],
  ];
  return [
    `## ${escape(run.summary)}`,
    facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${escape(value)}`])).join("\n"),
    table(
      ["#", "Effect", "Outcome", "At", "Before", "After"],
      run.effects.map((effect, index) => [
        String(index + 1),
        escape(effect.description),
        escape(effect.error ? `${effect.state}: ${effect.error}` : effect.state),
        effect.settledAt ?? "",
        json(effect.before),
        json(effect.after),
      ]),
    ),
    ...list("Left to do", evidence?.remaining ?? ["The evidence was not collected."]),
    ...list("Not visible to the token", evidence?.blindSpots ?? []),
    ...list("Stays as it is", evidence?.remains ?? []),
  ].join("\n\n");
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.map((line) => `- ${escape(line)}`).join("\n")];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function json(value: unknown): string {
  return escape(value === undefined ? "" : JSON.stringify(value));
}

// Names come from strangers: none may become markup, a link, a table's edge or a line of its own.
function escape(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|~!&]/g, "\\$&");
}
