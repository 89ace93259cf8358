import { evidenceHtml } from "./html.ts";
import { evidenceMarkdown } from "./markdown.ts";
import type { EvidenceReport } from "./record.ts";

/** A form of evidence. */
export interface EvidenceForm {
  /** The ending of a file's name. */
  readonly ending: string;
  readonly mimeType: string;
  /** The title of this form of the evidence. It says for which reader the form is. */
  readonly title: string;
  write(report: EvidenceReport): string;
}

/** All forms of the evidence, by the name that a call uses. */
export const EVIDENCE_FORMS = {
  markdown: {
    ending: "md",
    mimeType: "text/markdown",
    title: "Evidence for a ticket",
    write: evidenceMarkdown,
  },
  html: {
    ending: "html",
    mimeType: "text/html",
    title: "Evidence for an auditor",
    write: evidenceHtml,
  },
  json: {
    ending: "json",
    mimeType: "application/json",
    title: "Evidence for a program",
    write: (report) => `${JSON.stringify(report, null, 2)}\n`,
  },
} as const satisfies Readonly<Record<string, EvidenceForm>>;

/**
 * The address of a run's evidence as an MCP resource. `ending` chooses the form; without an ending, the form is
 * Markdown.
 */
export function evidenceAddress(runId: string, ending: "" | ".html" | ".json"): string {
  return `trello-identity://runs/${runId}/evidence${ending}`;
}
