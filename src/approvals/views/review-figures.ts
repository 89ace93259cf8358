import type { Finding } from "../../domain/review.ts";
import { type ReviewItem, type ReviewRecord, stateOf } from "../../domain/sign-off.ts";
import { listNames, plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import { KIND_WORDS } from "../../report/review.ts";
import { icon } from "./frame.ts";

const SEVERITIES = [
  { severity: "high", name: "High", tone: "stop", shape: "stop" },
  { severity: "medium", name: "Medium", tone: "warn", shape: "warn" },
  { severity: "low", name: "Low", tone: "plain", shape: "stays" },
] as const;

/**
 * Shows for each severity: how many findings concern the reader, of which kinds they are, and how many rows are
 * undecided.
 */
export function reviewFigures(record: ReviewRecord, items: readonly ReviewItem[]): Markup {
  const { decisions } = stateOf(record);
  const about = record.review.findings.filter(({ person }) => person === null);
  const rows = items.map(({ id, findings }) => ({ isOpen: !decisions.has(id), findings }));
  return html`<div class="figures">${SEVERITIES.map(({ severity, name, tone, shape }) => {
    const isMeant = (finding: Finding) => finding.severity === severity;
    // A finding about several workspaces of a person stands in several rows of the page, but is counted once.
    const found = new Map(
      [...rows.flatMap(({ findings }) => findings), ...about].filter(isMeant).map((each) => [each.id, each]),
    );
    const meant = rows.filter(({ findings }) => findings.some(isMeant));
    const open = meant.filter(({ isOpen }) => isOpen).length;
    return html`<div class="${found.size === 0 ? "plain" : tone}"><h2>${icon(shape)}${name}</h2><p class="big">${found.size} <span>${found.size === 1 ? "finding" : "findings"}</span></p><p>${kindsText([...found.values()])}</p>${
      meant.length === 0
        ? ""
        : html`<p>${open === 0 ? "All decided." : `${open} of ${plural(meant.length, "row")} undecided.`}</p>`
    }</div>`;
  })}</div>`;
}

function kindsText(findings: readonly Finding[]): string {
  const counts = new Map<Finding["kind"], number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${KIND_WORDS[kind]}: ${count}`);
  return kinds.length === 0 ? "None." : `${listNames(kinds, 3)}.`;
}
